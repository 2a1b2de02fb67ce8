//! Checks of a configuration against the data, once it is known.

use super::findings::Findings;
use super::problem::{ConfigError, Problem, ProblemKind};
use super::schedule::ScheduleConfig;
use super::section::Section;
use super::shape::DataShape;
use super::{Config, SINGLE_SAMPLE};
use emberlab_data::text::count;
use emberlab_data::{BatchPlan, ParameterError, Splits};
use emberlab_models::Architecture;

impl Config {
    /// Checks the configuration against the samples.
    ///
    /// # Errors
    ///
    /// If no batch is left because the only one is dropped, or the model does not fit the number of columns
    /// and classes of the data.
    pub fn check_samples(&self, splits: &Splits) -> Result<(), ConfigError> {
        if self.data.source.shape().is_none() {
            self.check_shape(&DataShape::of(&splits.train.samples))?;
        }
        if splits.validation.is_none() {
            let findings = Findings::default();
            self.training.check_validation(&Section::reading(&self.document, &findings).table("training"));
            findings.finish(&self.document)?;
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
            return Err(self.too_few_to_normalize(n_train));
        }
        self.check_schedule(self.training.updates(n_train))
    }

    /// The error about a batch norm over a training part that is too small for it.
    fn too_few_to_normalize(&self, n_train: usize) -> ConfigError {
        let samples = count(n_train, "sample");
        if self.model.norm_key() == "batch_norm" {
            let allowed = format!("false: the training part has {samples}, and {SINGLE_SAMPLE}");
            return self.parameter_error("model", &ParameterError::new("batch_norm", true, allowed));
        }
        let reason =
            format!("has a batch norm of rows, but the training part has {samples}, and {SINGLE_SAMPLE}");
        let (key, location) = ("model.layers".to_owned(), self.document.locate("model.layers"));
        let problem = Problem { location, kind: ProblemKind::InvalidUse { key, reason } };
        ConfigError::new(&self.document.path, vec![problem])
    }

    /// Warnings about training on `n_train` samples, each a sentence.
    pub fn warnings(&self, n_train: usize) -> Vec<String> {
        let mut warnings = self.notes.clone();
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

    /// Checks that every part of the schedule ends within the run.
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

    /// Checks the model against the shape of the data.
    ///
    /// # Errors
    ///
    /// Every key that does not fit.
    pub fn check_shape(&self, shape: &DataShape) -> Result<(), ConfigError> {
        let findings = Findings::default();
        let mut root = Section::reading(&self.document, &findings);
        self.model.check(&root.table("model"), shape);
        self.training.check_shape(&root.table("training"), shape);
        findings.finish(&self.document).map(drop)
    }

    /// The network for data of a shape.
    ///
    /// # Errors
    ///
    /// The layer that does not fit; see [`check_shape`](Self::check_shape).
    pub fn architecture(&self, shape: &DataShape) -> Result<Architecture, ConfigError> {
        self.model.architecture(shape).map_err(|error| match self.check_shape(shape) {
            Err(told) => told,
            Ok(()) => ConfigError::of_file(&self.document.path, error.reason.to_string()),
        })
    }

    /// Errors about tables of this file that were found when the model was made: dotted paths, each with what is wrong, as the
    /// end of a sentence.
    pub fn use_errors(&self, found: Vec<(String, String)>) -> ConfigError {
        let problems = found.into_iter().map(|(key, reason)| {
            let location = self.document.locate(&key);
            Problem { location, kind: ProblemKind::InvalidUse { key, reason } }
        });
        ConfigError::new(&self.document.path, problems.collect())
    }

    /// An error about a key of this file that was found when the data was read.
    pub fn parameter_error(&self, table: &str, error: &ParameterError) -> ConfigError {
        let key = format!("{table}.{}", error.name);
        let location = self.document.locate(&key);
        let (value, allowed) = (error.value.clone(), error.allowed.clone());
        let kind = ProblemKind::InvalidValue { key, value, allowed, hint: String::new() };
        ConfigError::new(&self.document.path, vec![Problem { location, kind }])
    }
}
