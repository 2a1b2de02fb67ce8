//! The configuration file: read, checked as a whole, and written back with its defaults.
//!
//! A [`Config`] exists only if every key of its file is known, every value is allowed and the values fit
//! together. Each key is declared once, in the file of its table, with its rule, its default and one line of
//! documentation; reading, writing, the origins of values, the JSON schema and the list of all keys follow
//! from that. `section.rs` shows how to add one, and `metrics.rs` is the shortest example.
//!
//! ```
//! use emberlab_config::Config;
//!
//! let text = r#"
//! name = "plane"
//! data = { source = "synthetic", n_features = 2, n_redundant = 0 }
//! model = { kind = "mlp", hidden = [8] }
//! training = { epochs = 20, batch_size = 16, optimizer = { learning_rate = 0.1 } }
//! "#;
//! let config = Config::parse("plane.toml".as_ref(), text, &[])?;
//! assert_eq!(config.training.epochs, 20);
//!
//! let error = Config::parse("plane.toml".as_ref(), &text.replace("= 20", "= 0"), &[]).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "plane.toml:5:23: `training.epochs` is 0, must be a whole number from 1"
//! );
//! # Ok::<(), emberlab_config::ConfigError>(())
//! ```
//!
//! | table | declared in |
//! |---|---|
//! | top level | this file |
//! | `[data]` | `data.rs`, `augment.rs`, and `synthetic.rs`, `source.rs`, `split.rs`, `image_folder.rs`, `csv.rs`, `custom.rs`, `table.rs` |
//! | `[model]` | `model.rs`, `hidden.rs`, `init.rs`, `layers.rs` |
//! | `[training]` | `training.rs`, `select.rs`, `class_weights.rs`, `checkpoint.rs`, `early_stopping.rs`, `ema.rs` |
//! | `[training.optimizer]` | `optimizer.rs`, `moments.rs`, `clip.rs`, `parameter_group.rs` |
//! | `[training.schedule]` | `schedule.rs`, `growth.rs`, `one_cycle.rs` |
//! | `[evaluation]` | `evaluation.rs` |
//! | `[metrics]` | `metrics.rs` |
//! | `[device]` | `device.rs` |

mod augment;
mod builder;
mod checkpoint;
mod checks;
mod class_weights;
mod clip;
mod custom;
mod data;
mod description;
mod device;
mod docs;
mod document;
mod early_stopping;
mod ema;
mod evaluation;
mod file;
mod findings;
mod growth;
mod hidden;
mod image_folder;
mod init;
mod key;
mod layers;
mod location;
mod metrics;
mod model;
mod moments;
mod name;
mod nearest;
mod numpy;
mod one_cycle;
mod optimizer;
mod output;
mod parameter_group;
mod problem;
mod reference;
mod rule;
mod schedule;
mod schema;
mod score_name;
mod section;
mod select;
pub mod settings;
mod shape;
mod source;
mod split;
mod synthetic;
mod table;
mod table_file;
#[cfg(test)]
mod tests;
mod training;
mod training_checks;
mod value;

pub use builder::ConfigBuilder;
pub use checkpoint::CheckpointConfig;
pub use class_weights::ClassWeights;
pub use clip::Clip;
pub use data::DataConfig;
pub use device::DeviceConfig;
pub use docs::{Explanation, docs, explain};
pub use document::Changes;
pub use early_stopping::EarlyStopping;
pub use ema::EmaConfig;
pub use evaluation::EvaluationConfig;
pub use growth::Growth;
pub use hidden::Hidden;
pub use init::Init;
pub use location::{Location, Place};
pub use metrics::MetricsConfig;
pub use model::{ModelConfig, ModelKind};
pub use moments::Moments;
pub use name::{NAME_RULE, is_plain_name};
pub use one_cycle::{CycleShape, OneCycle};
pub use optimizer::{Muon, OptimizerConfig, OptimizerKind, WeightDecayOn};
pub use parameter_group::{ParameterGroup, TensorKind};
pub use problem::{ConfigError, Problem, ProblemKind};
pub use reference::renamed_keys;
pub use schedule::{Length, Ramp, ScheduleConfig, Steps};
pub use schema::schema;
pub use score_name::ScoreName;
pub use select::Select;
pub use shape::DataShape;
pub use source::{Source, TableTest};
pub use training::{OnDivergence, TrainingConfig};

use document::{Document, EXTENDS};
use emberlab_models::MetricName;
use findings::Findings;
use key::key;
use output::Output;
use section::Section;
use std::path::Path;

/// The seed of every draw that has none of its own.
const DEFAULT_SEED: u32 = 42;

/// Why batch norm needs more than one.
const SINGLE_SAMPLE: &str =
    "batch norm over a single sample sets every hidden unit to its bias, so nothing is learned from it";

/// A checked configuration.
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
    /// `[evaluation]`.
    pub evaluation: EvaluationConfig,
    /// `[metrics]`.
    pub metrics: MetricsConfig,
    /// `[device]`.
    pub device: DeviceConfig,
    document: Document,
    /// Notes about the file that are no errors, as about keys that were renamed.
    notes: Vec<String>,
    left_out: Vec<String>,
}

impl Config {
    /// Reads a file and applies `key.path=value` overrides.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, at once.
    pub fn load(path: &Path, overrides: &[String]) -> Result<Self, ConfigError> {
        Self::load_changed(path, Changes::set(overrides))
    }

    /// Reads a file and applies changes. Keys of the file that lose their meaning by them are left out, with a note.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, at once.
    pub fn load_changed(path: &Path, changes: Changes<'_>) -> Result<Self, ConfigError> {
        Self::check(Document::load(path, changes)?)
    }

    /// Reads `text` as if it were the file at `path`.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, at once.
    pub fn parse(path: &Path, text: &str, overrides: &[String]) -> Result<Self, ConfigError> {
        Self::check(Document::parse(path, text, Changes::set(overrides))?)
    }

    fn check(mut document: Document) -> Result<Self, ConfigError> {
        let read = |document: &Document| {
            let findings = Findings::default();
            (Parts::keys(Section::reading(document, &findings), None, false), findings)
        };
        let own = document.unchanged().map(|file| read(&file).1.problems()).unwrap_or_default();
        let mut left_out = Vec::new();
        let (parts, notes) = loop {
            let (parts, findings) = read(&document);
            // What is left out may leave other keys without meaning.
            let giving_way = document.give_way(&findings.problems(), &own);
            if giving_way.is_empty() {
                break (parts, findings.finish(&document)?);
            }
            left_out.extend(giving_way);
        };
        match parts {
            Some(Parts { name, seed, data, model, training, evaluation, metrics, device }) => Ok(Self {
                name,
                seed,
                data,
                model,
                training,
                evaluation,
                metrics,
                device,
                document,
                notes,
                left_out,
            }),
            None => Err(ConfigError::new(&document.path, Vec::new())),
        }
    }

    /// A sentence about each key of the file that is left out, because a change took its meaning from it.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
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
        self.write(Output::default())
    }

    /// The same, with a comment behind each value that says where it came from.
    pub fn to_toml_with_origins(&self) -> String {
        self.write(Output::with_origins(&self.document))
    }

    fn write(&self, output: Output<'_>) -> String {
        let validation = self.data.validation.is_some() || self.training.is_about_validation();
        Parts::keys(Section::writing(&output), Some(self), validation);
        output.into_text()
    }
}

/// The tables of a [`Config`].
struct Parts {
    name: String,
    seed: u32,
    data: DataConfig,
    model: ModelConfig,
    training: TrainingConfig,
    evaluation: EvaluationConfig,
    metrics: MetricsConfig,
    device: DeviceConfig,
}

impl Parts {
    /// Visits every table before it gives up, so that all problems are found.
    fn keys(mut root: Section<'_>, written: Option<&Config>, validation: bool) -> Option<Self> {
        // It is applied when the file is read; see `file.rs`.
        let base = rule::text("a file whose values are taken where this one sets none", |_| true);
        root.optional(
            key(EXTENDS, base, "file that this one extends, as a path relative to its folder"),
            None,
        );
        let name = key("name", name::name(), "name of the run directory");
        let name = root.required(name, written.map(|config| config.name.clone()));
        let seed = key("seed", rule::seed(), "seed of every draw that has none of its own");
        let seed = root.value(seed, DEFAULT_SEED, written.map(|config| config.seed));
        let data = DataConfig::keys(root.table("data"), written.map(|config| &config.data), seed);
        let mut model_section = root.table("model");
        let model = ModelConfig::keys(&mut model_section, written.map(|config| &config.model), seed);
        if let (Some(data), Some(model)) = (&data, &model) {
            data.source.shape().inspect(|shape| model.check(&model_section, shape));
        }
        model_section.finish();
        let mut training_section = root.table("training");
        let training = TrainingConfig::keys(
            &mut training_section,
            written.map(|config| &config.training),
            seed,
            validation,
        );
        if let (Some(data), Some(training)) = (&data, &training) {
            training.check(&training_section, data);
        }
        let evaluation =
            EvaluationConfig::keys(&mut root, written.map(|config| &config.evaluation), data.as_ref());
        let metrics = MetricsConfig::keys(root.table("metrics"), written.map(|config| &config.metrics));
        let device = DeviceConfig::keys(root.table("device"), written.map(|config| &config.device));
        if let (Some(model), Some(training)) = (&model, &training) {
            let shape = data.as_ref().and_then(|data| data.source.shape());
            training.check_batches(&training_section, model, shape.as_ref());
        }
        training_section.finish();
        root.finish();
        let (data, model, training) = (data?, model?, training?);
        Some(Self { name: name?, seed, data, model, training, evaluation, metrics, device })
    }
}
