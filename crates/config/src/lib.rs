//! The configuration file: read, checked as a whole, and written back resolved.
//!
//! A [`Config`] exists only when every key of its file is known, every value is in its range and the
//! values fit together, so that training never starts on one that cannot work. Each default stands
//! where its key is read.
//!
//! | table | read by |
//! |---|---|
//! | top level | this file |
//! | `[data]` | `data.rs`, `source.rs`, and `table.rs` |
//! | `[model]` | `model.rs` |
//! | `[training]` | `training.rs` |
//! | `[training.optimizer]` | `optimizer.rs` |
//! | `[training.schedule]` | `schedule.rs` |
//! | `[metrics]` | `metrics.rs` |
//! | `[device]` | `device.rs` |

mod data;
mod device;
mod document;
mod metrics;
mod model;
mod optimizer;
mod problem;
mod resolved;
mod rule;
mod schedule;
mod schema;
mod score_name;
mod section;
mod select;
pub mod settings;
mod source;
mod table;
mod training;

pub use data::DataConfig;
pub use device::DeviceConfig;
pub use metrics::MetricsConfig;
pub use model::{Hidden, Init, ModelConfig, ModelKind};
pub use optimizer::{Clip, Moments, OptimizerConfig, OptimizerKind};
pub use problem::ConfigError;
pub use schedule::{Ramp, ScheduleConfig, Steps};
pub use schema::schema;
pub use score_name::ScoreName;
pub use select::Select;
pub use source::{CsvTest, DataShape, Source};
pub use training::{CheckpointConfig, ClassWeights, EarlyStopping, OnDivergence, TrainingConfig};

use document::Document;
use emberlab_data::{BatchPlan, ParameterError, Splits};
use emberlab_models::MetricName;
use problem::Problem;
use resolved::Resolved;
use section::{Problems, Section};
use std::path::Path;

/// The seed of every draw that has none of its own.
const DEFAULT_SEED: u32 = 42;

/// Why batch norm needs more than one.
const SINGLE_SAMPLE: &str =
    "batch norm of one sample makes every hidden unit its bias, so that nothing is learnt from it";

/// A checked configuration.
///
/// | key | default | meaning | range |
/// |---|---|---|---|
/// | `name` | required | the run directory's name | a plain file name |
/// | `extends` | none | a file whose values are taken where this one sets none | a path from this file's folder |
/// | `seed` | 42 | the seed of every draw that has none of its own | 0 to 2³²−1 |
#[derive(Clone, Debug)]
pub struct Config {
    /// The run directory's name.
    pub name: String,
    /// The seed of every draw that has none of its own.
    pub seed: u32,
    /// `[data]`.
    pub data: DataConfig,
    /// `[model]`.
    pub model: ModelConfig,
    /// `[training]`.
    pub training: TrainingConfig,
    /// `[metrics]`.
    pub metrics: MetricsConfig,
    /// `[device]`.
    pub device: DeviceConfig,
    document: Document,
}

impl Config {
    /// Reads a file, with `key.path=value` overrides in place of what it says.
    ///
    /// # Errors
    ///
    /// All that is wrong with it, at once.
    pub fn load(path: &Path, overrides: &[String]) -> Result<Self, ConfigError> {
        Self::check(Document::load(path, overrides)?)
    }

    /// Takes the text of a file that is part of the program, with `path` as its name.
    ///
    /// # Errors
    ///
    /// All that is wrong with it, at once.
    pub fn parse(path: &Path, text: &str, overrides: &[String]) -> Result<Self, ConfigError> {
        Self::check(Document::parse(path, text, overrides)?)
    }

    fn check(document: Document) -> Result<Self, ConfigError> {
        let problems = Problems::default();
        let parts = read(Section::root(&document, &problems));
        problems.finish(&document)?;
        match parts {
            Some(Parts { name, seed, data, model, training, metrics, device }) => {
                Ok(Self { name, seed, data, model, training, metrics, device, document })
            }
            None => Err(ConfigError::new(&document.path, Vec::new())),
        }
    }

    /// The metrics that a run computes: `metrics.names`, then those that epochs are compared by.
    pub fn metric_names(&self) -> Vec<MetricName> {
        let stopping = self.training.early_stopping.map(|rule| rule.metric);
        let compared = [self.training.select.score(), stopping].into_iter().flatten();
        let mut names = self.metrics.names.clone();
        for metric in compared.filter_map(ScoreName::metric) {
            if !names.contains(&metric) {
                names.push(metric);
            }
        }
        names
    }

    /// The whole configuration with its defaults, as a file that reads back equal.
    pub fn to_toml(&self) -> String {
        self.write(Resolved::default())
    }

    /// The same with a comment behind each value that says where it came from.
    pub fn to_toml_with_origins(&self) -> String {
        self.write(Resolved::with_origins(&self.document))
    }

    fn write(&self, mut out: Resolved<'_>) -> String {
        out.entry("name", self.name.as_str());
        out.entry("seed", self.seed);
        self.data.write(&mut out);
        self.model.write(&mut out);
        let validation = self.data.validation.is_some() || self.training.is_about_validation();
        self.training.write(validation, &mut out);
        self.metrics.write(&mut out);
        self.device.write(&mut out);
        out.into_text()
    }

    /// What does not fit the samples, now that they are there.
    ///
    /// # Errors
    ///
    /// When batches are larger than the training part and the last is dropped, so that none is left;
    /// and, where only the data tells how many columns and classes there are, for a model that does not
    /// fit them.
    pub fn check_samples(&self, splits: &Splits) -> Result<(), ConfigError> {
        if self.data.source.shape().is_none() {
            self.check_shape(&DataShape::of(&splits.train.samples))?;
        }
        if splits.validation.is_none() {
            let problems = Problems::default();
            self.training.check_validation(&Section::root(&self.document, &problems).table("training"));
            problems.finish(&self.document)?;
        }
        let n_train = splits.train.rows.len();
        if let BatchPlan::Mini { size, drop_last: true } = self.training.plan
            && size.get() > n_train
        {
            let allowed = format!("at most {n_train}, the training samples, where `drop_last` is true");
            return Err(self.parameter_error("training", &ParameterError::new("batch_size", size, allowed)));
        }
        let least = self.model.least_batch();
        if n_train < least {
            let allowed = format!("false: the training part has {n_train} sample, and {SINGLE_SAMPLE}");
            return Err(self.parameter_error("model", &ParameterError::new("batch_norm", true, allowed)));
        }
        self.check_schedule(self.training.updates(n_train))
    }

    /// Warnings about training on `n_train` samples, each a sentence.
    pub fn warnings(&self, n_train: usize) -> Vec<String> {
        let mut warnings = Vec::new();
        let problems = Problems::default();
        let mut root = Section::root(&self.document, &problems);
        if root.table("training").table("early_stopping").has("minimum_change") {
            warnings.push("`training.early_stopping.minimum_change` is now called `min_delta`".to_owned());
        }
        if let BatchPlan::Mini { size, drop_last: false } = self.training.plan
            && n_train % size == 1
            && self.model.least_batch() > 1
        {
            warnings.push(format!(
                "the last batch of each epoch has one of the {n_train} training samples, and {SINGLE_SAMPLE}; set \
                 `training.drop_last = true` or another `batch_size`"
            ));
        }
        warnings
    }

    /// Whether every part of the schedule comes to its end within the run.
    fn check_schedule(&self, updates: usize) -> Result<(), ConfigError> {
        let ScheduleConfig { warmup, linear, cosine, .. } = self.training.schedule;
        for (key, ramp) in [("warmup", warmup), ("linear", linear), ("cosine", cosine)] {
            if let Some(length) = ramp.and_then(|ramp| ramp.updates).filter(|&length| length > updates) {
                let allowed = format!("at most {updates}, the updates of the run, or left out");
                let error = ParameterError::new("updates", length, allowed);
                return Err(self.parameter_error(&format!("training.schedule.{key}"), &error));
            }
        }
        Ok(())
    }

    /// Whether the model fits data of a shape, and is no larger than what is allowed.
    ///
    /// # Errors
    ///
    /// Every key that does not fit.
    pub fn check_shape(&self, shape: &DataShape) -> Result<(), ConfigError> {
        let problems = Problems::default();
        let mut root = Section::root(&self.document, &problems);
        self.model.check(&root.table("model"), shape);
        self.training.check_shape(&root.table("training"), shape);
        problems.finish(&self.document)
    }

    /// An error about a key of this file that only the data could tell.
    pub fn parameter_error(&self, table: &str, error: &ParameterError) -> ConfigError {
        let key = format!("{table}.{}", error.name);
        let message = format!("`{key}` is {}, must be {}", error.value, error.allowed);
        ConfigError::new(&self.document.path, vec![Problem { location: self.document.locate(&key), message }])
    }
}

/// What [`read`] returns when nothing is missing.
struct Parts {
    name: String,
    seed: u32,
    data: DataConfig,
    model: ModelConfig,
    training: TrainingConfig,
    metrics: MetricsConfig,
    device: DeviceConfig,
}

/// Reads every table before it gives up, so that all problems are found.
fn read(mut root: Section<'_>) -> Option<Parts> {
    let name = root.required("name", rule::text(NAME_RULE, is_plain_name));
    let seed = root.value("seed", rule::seed(), DEFAULT_SEED);
    let data = DataConfig::read(root.table("data"), seed);
    let mut model_section = root.table("model");
    let model = ModelConfig::read(&mut model_section, seed);
    if let (Some(data), Some(model)) = (&data, &model) {
        data.source.shape().inspect(|shape| model.check(&model_section, shape));
    }
    model_section.finish();
    let mut training_section = root.table("training");
    let training = TrainingConfig::read(&mut training_section, seed);
    if let (Some(data), Some(training)) = (&data, &training) {
        training.check(&training_section, data);
    }
    let metrics = MetricsConfig::read(root.table("metrics"));
    let device = DeviceConfig::read(root.table("device"));
    if let (Some(model), Some(training)) = (&model, &training) {
        training.check_batches(&training_section, model);
    }
    training_section.finish();
    root.finish();
    Some(Parts { name: name?, seed, data: data?, model: model?, training: training?, metrics, device })
}

/// What [`is_plain_name`] allows.
pub const NAME_RULE: &str = "a plain file name: at most 100 letters, digits, `-`, `_`, `.` and spaces, starting with a letter or digit and not ending in `.` or a space";

/// Whether a run directory may bear this name.
pub fn is_plain_name(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "-_. ".contains(c);
    name.starts_with(char::is_alphanumeric)
        && name.chars().count() <= 100
        && name.chars().all(plain)
        && !name.ends_with(['.', ' '])
}
