//! `[training]`: how often, and on how many samples at once.

use super::SINGLE_SAMPLE;
use super::data::DataConfig;
use super::model::ModelConfig;
use super::optimizer::OptimizerConfig;
use super::resolved::Resolved;
use super::rule::{count, flag, list, number, seed, word};
use super::schedule::ScheduleConfig;
use super::score_name::ScoreName;
use super::section::Section;
use super::select::{self, Select};
use super::source::DataShape;
use emberlab_data::BatchPlan;
use std::num::NonZeroUsize;

/// The course of training.
///
/// | key | default | meaning | range |
/// |---|---|---|---|
/// | `epochs` | required | passes, or repetitions of the plan below | from 1 |
/// | `batch_size` | `full` | samples per update | `full`, or from 1 |
/// | `iterations_per_epoch` | 1 | updates per epoch, for `full` | from 1 |
/// | `drop_last` | false | leaves out the samples that do not fill a batch | |
/// | `shuffle` | false | a new order each epoch | |
/// | `shuffle_seed` | top-level `seed` | of those orders | 0 to 2³²−1 |
/// | `accumulate` | 1 | batches whose gradients make one update | from 1 |
/// | `label_smoothing` | 0 | share of each target spread over all classes | 0 to below 1 |
/// | `class_weights` | none | what each class counts | `balanced`, or a number above 0 for each |
/// | `l1` | 0 | times the weights' absolute values, added to what is made small | from 0 |
/// | `validate_every` | 1 | epochs from one validation, a score on the validation part, to the next | from 1 |
/// | `select` | `loss` | the epoch whose weights become the run's, by its score on the validation part | `loss`, a metric, or `last` |
/// | `on_divergence` | `stop` | what is done when a loss or a weight is no number any more | `stop`; `restore`: ends with the weights chosen by validation, or else those of the last checkpoint |
/// | `checkpoint.every_minutes` | 5 | minutes from one checkpoint to the next | above 0 |
/// | `checkpoint.every_epochs` | none | epochs from one checkpoint to the next, in addition | from 1 |
/// | `checkpoint.keep` | 2 | checkpoints that are kept, the newest | from 1 |
/// | `early_stopping.metric` | as `select` | the loss or the metric that is compared; a metric need not be among `metrics.names` | `loss`, or a metric |
/// | `early_stopping.patience` | required in its table | validations in a row without a better score after which training ends | from 1 |
/// | `early_stopping.min_delta` | 0 | how much better a score must be to count, for the weights that are kept too; also accepted as `minimum_change` | from 0 |
/// | `early_stopping.baseline` | none | a score that must be reached too before a better one resets the count of `patience` | |
/// | `log_every` | one line per epoch | updates from one printed line to the next | from 1 |
///
/// The training loss is the cross-entropy that is minimised, with `label_smoothing` and `class_weights`; `l1` and
/// `weight_decay` are in no loss that is reported. Validation, test and `emberlab evaluate` report the plain
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
    /// What each class counts.
    pub class_weights: Option<ClassWeights>,
    /// The factor of the weights' absolute values.
    pub l1: f64,
    /// Epochs from one score on the validation part to the next.
    pub validate_every: usize,
    /// Which epoch's weights become those of the run, where there is a validation part.
    pub select: Select,
    /// What is done when a loss or a weight is no number any more.
    pub on_divergence: OnDivergence,
    /// When checkpoints are written.
    pub checkpoint: CheckpointConfig,
    /// When training ends early.
    pub early_stopping: Option<EarlyStopping>,
    /// Updates from one printed line to the next; one line per epoch where there is none.
    pub log_every: Option<usize>,
    /// `[training.optimizer]`.
    pub optimizer: OptimizerConfig,
    /// `[training.schedule]`.
    pub schedule: ScheduleConfig,
}

/// What is done when a loss or a weight is no number any more.
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

/// When checkpoints are written, besides at the end of a run, stopped or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CheckpointConfig {
    /// Minutes from one to the next.
    pub every_minutes: f64,
    /// Epochs from one to the next, in addition.
    pub every_epochs: Option<usize>,
    /// How many are kept.
    pub keep: usize,
}

/// When training ends because it no longer gets better, by a score on the validation part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarlyStopping {
    /// The number that is compared.
    pub metric: ScoreName,
    /// Validations in a row with a score that is no better.
    pub patience: usize,
    /// How much better a score must be to count. Metrics count from 0 to 1.
    pub min_delta: f64,
    /// A score that must be reached too before a better one resets the count.
    pub baseline: Option<f64>,
}

/// What each class counts in the loss.
#[derive(Clone, Debug, PartialEq)]
pub enum ClassWeights {
    /// As much as all others: `n_samples / (n_classes * samples of the class)`, scikit-learn's
    /// `balanced`.
    Balanced,
    /// A number for each class.
    Given(Vec<f64>),
}

impl TrainingConfig {
    /// Updates of the whole training on `n_samples` samples. What is accumulated at the end of an
    /// epoch makes an update of its own.
    pub fn updates(&self, n_samples: usize) -> usize {
        self.plan.iterations(n_samples).div_ceil(self.accumulate).saturating_mul(self.epochs)
    }

    pub(super) fn read(section: &mut Section<'_>, default_seed: u32) -> Option<Self> {
        let epochs = section.required("epochs", count(1));
        let full = word(&[("full", ())]).map(|()| None);
        let batch_size = section.value("batch_size", full.or(count(1).map(Some)), None);
        let iterations = section.value("iterations_per_epoch", count(1), 1);
        if batch_size.is_some() && section.has("iterations_per_epoch") {
            let reason = "has no meaning for a `batch_size` other than \"full\", which repeats the whole set";
            section.problem("iterations_per_epoch", reason);
        }
        let drop_last = section.value("drop_last", flag(), false);
        if batch_size.is_none() && section.has("drop_last") {
            section.problem(
                "drop_last",
                "has no meaning for `batch_size` = \"full\", which leaves nothing over",
            );
        }
        let shuffle = section.value("shuffle", flag(), false);
        let shuffle_seed = section.value("shuffle_seed", seed(), default_seed);
        let log_every = section.optional("log_every", count(1));
        let validate_every = section.value("validate_every", count(1), 1);
        let select = section.value("select", word(&select::words()), Select::Best(ScoreName::Loss));
        let on_divergence = section.value("on_divergence", word(&ON_DIVERGENCE), OnDivergence::Stop);
        let checkpoint = read_checkpoint(section.table("checkpoint"));
        let early_stopping = read_early_stopping(section, select);
        if early_stopping.is_some() && select == Select::Last {
            let reason = "has no meaning for `select` = \"last\", which compares no scores";
            section.problem("early_stopping", reason);
        }
        let accumulate = section.value("accumulate", count(1), 1);
        let share = number("a number from 0 to below 1", |share| (0.0..1.0).contains(&share));
        let label_smoothing = section.value("label_smoothing", share, 0.0);
        let balanced = word(&[("balanced", ())]).map(|()| ClassWeights::Balanced);
        let weight = number("a number above 0", |weight| weight > 0.0);
        let class_weights =
            section.optional("class_weights", balanced.or(list(weight, 1).map(ClassWeights::Given)));
        let l1 = section.value("l1", number("a number from 0", |l1| l1 >= 0.0), 0.0);
        let optimizer = OptimizerConfig::read(section.table("optimizer"));
        let schedule = ScheduleConfig::read(section.table("schedule"));
        // Both are at least 1.
        let plan = match batch_size.map(NonZeroUsize::new) {
            Some(size) => BatchPlan::Mini { size: size?, drop_last },
            None => BatchPlan::Full { iterations: NonZeroUsize::new(iterations)? },
        };
        Some(Self {
            epochs: epochs?,
            plan,
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
        })
    }

    /// Reports what does not fit the data.
    pub(super) fn check(&self, section: &Section<'_>, data: &DataConfig) {
        for key in ["validate_every", "select", "early_stopping"] {
            if data.validation.is_none() && !data.source.can_bring_validation() && section.has(key) {
                section.problem(key, "has no meaning without `data.validation_fraction`");
            }
        }
        data.source.shape().inspect(|shape| self.check_shape(section, shape));
    }

    /// Reports batches that are too small for the model.
    pub(super) fn check_batches(&self, section: &Section<'_>, model: &ModelConfig) {
        let least = model.least_batch();
        if let BatchPlan::Mini { size, .. } = self.plan
            && size.get() < least
        {
            let reason =
                format!("is {size}, must be at least {least} with `model.batch_norm`: {SINGLE_SAMPLE}");
            section.problem("batch_size", reason);
        }
    }

    /// Whether a key that needs a validation part is another than by default.
    pub(super) fn is_about_validation(&self) -> bool {
        self.validate_every != 1
            || self.select != Select::Best(ScoreName::Loss)
            || self.early_stopping.is_some()
    }

    /// Reports what needs a validation part, where the data turned out to have none.
    pub(super) fn check_validation(&self, section: &Section<'_>) {
        for key in ["validate_every", "select", "early_stopping"] {
            if section.has(key) {
                let reason = "has no meaning without a validation part; set `data.validation_fraction`, or put a folder \
                              `val` beside `train`";
                section.problem(key, reason);
            }
        }
    }

    /// Reports what does not fit the classes.
    pub(super) fn check_shape(&self, section: &Section<'_>, shape: &DataShape) {
        let n_classes = shape.n_classes;
        if let Some(ClassWeights::Given(weights)) = &self.class_weights
            && weights.len() != n_classes
        {
            let reason = format!("has {} weights, must have {n_classes}, one for each class", weights.len());
            section.problem("class_weights", reason);
        }
    }

    pub(super) fn write(&self, validation: bool, out: &mut Resolved<'_>) {
        out.table("training");
        out.count("epochs", self.epochs);
        match self.plan {
            BatchPlan::Full { iterations } => {
                out.entry("batch_size", "full");
                out.count("iterations_per_epoch", iterations.get());
            }
            BatchPlan::Mini { size, drop_last } => {
                out.count("batch_size", size.get());
                out.entry("drop_last", drop_last);
            }
        }
        out.entry("shuffle", self.shuffle);
        out.entry("shuffle_seed", self.shuffle_seed);
        out.count("accumulate", self.accumulate);
        out.entry("label_smoothing", self.label_smoothing);
        match &self.class_weights {
            Some(ClassWeights::Balanced) => out.entry("class_weights", "balanced"),
            Some(ClassWeights::Given(weights)) => out.entry("class_weights", weights.clone()),
            None => (),
        }
        out.entry("l1", self.l1);
        if validation {
            out.count("validate_every", self.validate_every);
            let words = select::words();
            let select = words.iter().find(|(_, select)| *select == self.select);
            out.optional("select", select.map(|(word, _)| *word));
        }
        let on_divergence = ON_DIVERGENCE.iter().find(|(_, rule)| *rule == self.on_divergence);
        out.optional("on_divergence", on_divergence.map(|(word, _)| *word));
        out.optional("log_every", self.log_every.map(|updates| updates as i64));
        out.table("training.checkpoint");
        out.entry("every_minutes", self.checkpoint.every_minutes);
        out.optional("every_epochs", self.checkpoint.every_epochs.map(|epochs| epochs as i64));
        out.count("keep", self.checkpoint.keep);
        if let Some(EarlyStopping { metric, patience, min_delta, baseline }) = self.early_stopping {
            out.table("training.early_stopping");
            // Left out unless it is another: runs of earlier versions, which do not have the key, can be resumed.
            let default = self.select.score().unwrap_or(ScoreName::Loss);
            out.optional("metric", (metric != default).then_some(metric.name()));
            out.count("patience", patience);
            out.entry("min_delta", min_delta);
            out.optional("baseline", baseline);
        }
        self.optimizer.write(out);
        self.schedule.write(out);
    }
}

fn read_checkpoint(mut section: Section<'_>) -> CheckpointConfig {
    let minutes = number("a number above 0", |minutes| minutes > 0.0);
    let checkpoint = CheckpointConfig {
        every_minutes: section.value("every_minutes", minutes, 5.0),
        every_epochs: section.optional("every_epochs", count(1)),
        keep: section.value("keep", count(1), 2),
    };
    section.finish();
    checkpoint
}

fn read_early_stopping(section: &mut Section<'_>, select: Select) -> Option<EarlyStopping> {
    let given = section.has("early_stopping");
    let mut table = section.table("early_stopping");
    let words: Vec<_> = ScoreName::all().map(|score| (score.name(), score)).collect();
    let metric = table.value("metric", word(&words), select.score().unwrap_or(ScoreName::Loss));
    let patience = if given { table.required("patience", count(1)) } else { None };
    let from_zero = || number("a number from 0", |delta| delta >= 0.0);
    let min_delta = table.optional("min_delta", from_zero());
    let former = table.optional("minimum_change", from_zero());
    if table.has("min_delta") && table.has("minimum_change") {
        table.problem("minimum_change", "is the former name of `min_delta`; give only that one");
    }
    let baseline = table.optional("baseline", number("a number", |_| true));
    table.finish();
    let min_delta = min_delta.or(former).unwrap_or(0.0);
    Some(EarlyStopping { metric, patience: patience?, min_delta, baseline })
}
