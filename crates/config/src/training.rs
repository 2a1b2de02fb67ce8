//! `[training]`: epochs, batches, loss and validation.

use super::checkpoint::CheckpointConfig;
use super::class_weights::{ClassWeights, class_weights};
use super::early_stopping::EarlyStopping;
use super::ema::EmaConfig;
use super::key::key;
use super::optimizer::OptimizerConfig;
use super::rule::{Rule, count, flag, fraction, non_negative, seed, word};
use super::schedule::ScheduleConfig;
use super::score_name::ScoreName;
use super::section::Section;
use super::select::{Select, select};
use emberlab_data::BatchPlan;
use std::num::NonZeroUsize;

/// The course of training.
///
/// The training loss is the cross-entropy with `label_smoothing` and `class_weights`; reported losses
/// include neither `l1` nor `weight_decay`. Validation, test and `emberlab evaluate` report the plain
/// cross-entropy, which can be compared between runs; `select = "loss"` and early stopping go by it.
///
/// `early_stopping` counts as Keras's `EarlyStopping` does with `restore_best_weights`. The score is the loss, or the
/// metric that `early_stopping.metric` names; metrics count from 0 to 1.
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
    /// Batches whose mean gradient makes one update.
    pub accumulate: usize,
    /// Share of each target that is spread over all classes.
    pub label_smoothing: f64,
    /// The weight of each class in the loss.
    pub class_weights: Option<ClassWeights>,
    /// The L1 penalty coefficient.
    pub l1: f64,
    /// Epochs from one validation to the next.
    pub validate_every: usize,
    /// Which epoch's weights become those of the run, where there is a validation part.
    pub select: Select,
    /// What to do when the loss or a weight becomes NaN or infinite.
    pub on_divergence: OnDivergence,
    /// When checkpoints are written.
    pub checkpoint: CheckpointConfig,
    /// When training ends early.
    pub early_stopping: Option<EarlyStopping>,
    /// Updates from one printed line to the next; `None` for one line per epoch.
    pub log_every: Option<usize>,
    /// `[training.optimizer]`.
    pub optimizer: OptimizerConfig,
    /// `[training.schedule]`.
    pub schedule: ScheduleConfig,
    /// The average of the weights that is validated, tested and saved in their place.
    pub ema: Option<EmaConfig>,
}

/// What to do when the loss or a weight becomes NaN or infinite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDivergence {
    /// The run fails; its checkpoints stay.
    Stop,
    /// The run ends with the weights that the validation part chose, or else with those of the last
    /// checkpoint; it fails where there are neither.
    Restore,
}

const ON_DIVERGENCE: [(&str, OnDivergence); 2] =
    [("stop", OnDivergence::Stop), ("restore", OnDivergence::Restore)];

impl TrainingConfig {
    /// Updates of the whole training on `n_samples` samples. What is accumulated at the end of an
    /// epoch makes an update of its own.
    pub fn updates(&self, n_samples: usize) -> usize {
        self.updates_per_epoch(n_samples).saturating_mul(self.epochs)
    }

    /// Updates of an epoch on `n_samples` samples.
    pub fn updates_per_epoch(&self, n_samples: usize) -> usize {
        self.plan.iterations(n_samples).div_ceil(self.accumulate)
    }

    /// `validation` says whether the keys about validation are written.
    pub(super) fn keys(
        section: &mut Section<'_>,
        written: Option<&Self>,
        default_seed: u32,
        validation: bool,
    ) -> Option<Self> {
        let epochs = key(
            "epochs",
            count(1),
            "number of passes over the training part, or of repetitions of `iterations_per_epoch`",
        );
        let epochs = section.required(epochs, written.map(|training| training.epochs));
        let plan = plan_keys(section, written.map(|training| training.plan));
        let shuffle = key("shuffle", flag(), "draw a new order of the samples for each epoch");
        let shuffle = section.value(shuffle, false, written.map(|training| training.shuffle));
        let shuffle_seed =
            key("shuffle_seed", seed(), "seed of these orders").default_text("top-level `seed`");
        let shuffle_seed =
            section.value(shuffle_seed, default_seed, written.map(|training| training.shuffle_seed));
        let accumulate =
            key("accumulate", count(1), "number of batches whose mean gradient makes one update");
        let accumulate = section.value(accumulate, 1, written.map(|training| training.accumulate));
        let (label_smoothing, class_weights, l1) = loss_keys(section, written);
        let validated = written.filter(|_| validation);
        let validate_every = key("validate_every", count(1), "epochs from one validation to the next");
        let validate_every =
            section.value(validate_every, 1, validated.map(|training| training.validate_every));
        let about = "the epoch whose weights are kept: the one with the best validation score, or the last";
        let select = key("select", select(), about);
        let select =
            section.value(select, Select::Best(ScoreName::Loss), validated.map(|training| training.select));
        let about = "what to do when the loss or a weight becomes NaN or infinite: stop the run, or restore the best \
                     weights on the validation part, or else those of the last checkpoint, and end it";
        let on_divergence = key("on_divergence", word(&ON_DIVERGENCE), about);
        let on_divergence =
            section.value(on_divergence, OnDivergence::Stop, written.map(|training| training.on_divergence));
        let log_every = key("log_every", count(1), "updates from one printed line to the next")
            .default_text("one line per epoch");
        let log_every = section.optional(log_every, written.and_then(|training| training.log_every));
        let checkpoint = section.table("checkpoint");
        let checkpoint = CheckpointConfig::keys(checkpoint, written.map(|training| &training.checkpoint));
        let set_stopping = written.and_then(|training| training.early_stopping.as_ref());
        let early_stopping = EarlyStopping::keys(section, set_stopping, select);
        if early_stopping.is_some() && select == Select::Last {
            let reason = "has no meaning for `select` = \"last\", which compares no scores";
            section.meaningless("early_stopping", reason);
        }
        let optimizer = section.table("optimizer");
        let optimizer = OptimizerConfig::keys(optimizer, written.map(|training| &training.optimizer), epochs);
        let set_schedule = written.map(|training| &training.schedule).filter(|set| !set.is_constant());
        let schedule = section.optional_table("schedule", set_schedule.is_some());
        let schedule = ScheduleConfig::keys(schedule, set_schedule);
        let ema = EmaConfig::keys(section, written.and_then(|training| training.ema));
        Some(Self {
            epochs: epochs?,
            plan: plan?,
            shuffle,
            shuffle_seed,
            accumulate,
            label_smoothing,
            class_weights,
            l1,
            validate_every,
            select,
            on_divergence,
            checkpoint,
            early_stopping,
            log_every,
            optimizer: optimizer?,
            schedule,
            ema,
        })
    }
}

/// How an epoch is divided into updates.
fn plan_keys(section: &mut Section<'_>, written: Option<BatchPlan>) -> Option<BatchPlan> {
    let (set_size, set_iterations, set_drop_last) = match written {
        Some(BatchPlan::Full { iterations }) => (Some(None), Some(iterations.get()), None),
        Some(BatchPlan::Mini { size, drop_last }) => (Some(Some(size.get())), None, Some(drop_last)),
        None => (None, None, None),
    };
    let batch_size = key("batch_size", batch_size(), "samples per batch; `full` is the whole training part");
    let batch_size = section.value(batch_size, None, set_size);
    let iterations = key("iterations_per_epoch", count(1), "updates per epoch, for `batch_size` = \"full\"");
    let iterations = section.value(iterations, 1, set_iterations);
    if batch_size.is_some() {
        let reason = "has no meaning for a `batch_size` other than \"full\", which repeats the whole set";
        section.meaningless("iterations_per_epoch", reason);
    }
    let drop_last = key("drop_last", flag(), "leave out the samples that do not fill a whole batch");
    let drop_last = section.value(drop_last, false, set_drop_last);
    if batch_size.is_none() {
        section.meaningless(
            "drop_last",
            "has no meaning for `batch_size` = \"full\", which leaves nothing over",
        );
    }
    // Both numbers are at least 1.
    Some(match batch_size.map(NonZeroUsize::new) {
        Some(size) => BatchPlan::Mini { size: size?, drop_last },
        None => BatchPlan::Full { iterations: NonZeroUsize::new(iterations)? },
    })
}

/// `None` for the whole training part.
fn batch_size<'a>() -> Rule<'a, Option<usize>> {
    word(&[("full", None)]).or(count(1).map(Some, |&size| size))
}

/// Label smoothing, class weights and the L1 penalty coefficient.
fn loss_keys(
    section: &mut Section<'_>,
    written: Option<&TrainingConfig>,
) -> (f64, Option<ClassWeights>, f64) {
    let about = "share of each target that is spread evenly over all classes";
    let label_smoothing = key("label_smoothing", fraction(), about);
    let label_smoothing =
        section.value(label_smoothing, 0.0, written.map(|training| training.label_smoothing));
    let about =
        "weight of each class in the loss; `balanced`: inversely proportional to its number of samples";
    let class_weights = key("class_weights", class_weights(), about);
    let class_weights =
        section.optional(class_weights, written.and_then(|training| training.class_weights.clone()));
    let l1 =
        key("l1", non_negative(), "L1 penalty coefficient, of the weights without biases, added to the loss");
    let l1 = section.value(l1, 0.0, written.map(|training| training.l1));
    (label_smoothing, class_weights, l1)
}
