//! `[training]`: how often, and on how many samples at once.

use super::optimizer::OptimizerConfig;
use super::resolved::Resolved;
use super::rule::{count, flag, seed, word};
use super::section::Section;
use emberlab_data::BatchPlan;
use std::num::NonZeroUsize;

/// The course of training.
///
/// | key | default | meaning | range |
/// |---|---|---|---|
/// | `epochs` | required | passes, or repetitions of the plan below | from 1 |
/// | `batch_size` | `full` | samples per update | `full`, or from 1 |
/// | `iterations_per_epoch` | 1 | updates per epoch, for `full` | from 1 |
/// | `shuffle` | false | a new order each epoch | |
/// | `shuffle_seed` | top-level `seed` | of those orders | 0 to 2³²−1 |
/// | `log_every` | one line per epoch | updates from one printed line to the next | from 1 |
#[derive(Clone, Debug)]
pub struct TrainingConfig {
    /// Number of epochs.
    pub epochs: usize,
    /// How an epoch is divided into updates.
    pub plan: BatchPlan,
    /// Whether each epoch takes a new order.
    pub shuffle: bool,
    /// The seed of those orders.
    pub shuffle_seed: u32,
    /// Updates from one printed line to the next; one line per epoch where there is none.
    pub log_every: Option<usize>,
    /// `[training.optimizer]`.
    pub optimizer: OptimizerConfig,
}

impl TrainingConfig {
    /// Updates of the whole training on `n_samples` samples.
    pub fn updates(&self, n_samples: usize) -> usize {
        self.plan.iterations(n_samples).saturating_mul(self.epochs)
    }

    pub(super) fn read(mut section: Section<'_>, default_seed: u32) -> Option<Self> {
        let epochs = section.required("epochs", count(1));
        let full = word(&[("full", ())]).map(|()| None);
        let batch_size = section.value("batch_size", full.or(count(1).map(Some)), None);
        let iterations = section.value("iterations_per_epoch", count(1), 1);
        if batch_size.is_some() && section.has("iterations_per_epoch") {
            let reason = "has no meaning for a `batch_size` other than \"full\", which repeats the whole set";
            section.problem("iterations_per_epoch", reason);
        }
        let shuffle = section.value("shuffle", flag(), false);
        let shuffle_seed = section.value("shuffle_seed", seed(), default_seed);
        let log_every = section.optional("log_every", count(1));
        let optimizer = OptimizerConfig::read(section.table("optimizer"));
        section.finish();
        // Both are at least 1.
        let plan = match batch_size.map(NonZeroUsize::new) {
            Some(size) => BatchPlan::Mini { size: size? },
            None => BatchPlan::Full { iterations: NonZeroUsize::new(iterations)? },
        };
        Some(Self { epochs: epochs?, plan, shuffle, shuffle_seed, log_every, optimizer: optimizer? })
    }

    pub(super) fn write(&self, out: &mut Resolved) {
        out.table("training");
        out.count("epochs", self.epochs);
        match self.plan {
            BatchPlan::Full { iterations } => {
                out.entry("batch_size", "full");
                out.count("iterations_per_epoch", iterations.get());
            }
            BatchPlan::Mini { size } => out.count("batch_size", size.get()),
        }
        out.entry("shuffle", self.shuffle);
        out.entry("shuffle_seed", self.shuffle_seed);
        out.optional("log_every", self.log_every.map(|updates| updates as i64));
        self.optimizer.write(out);
    }
}
