//! Checks of a configuration against the data, once it is known.

use super::findings::Findings;
use super::problem::{ConfigError, Problem, ProblemKind};
use super::schedule::{Length, Ramp, ScheduleConfig};
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
        let shape = DataShape::of(&splits.train.samples);
        if self.data.source.shape().is_none() {
            self.check_shape(&shape)?;
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
        if n_train < self.model.least_batch(Some(&shape)) {
            return Err(self.too_few_to_normalize(n_train));
        }
        let updates = self.training.updates(n_train);
        if let Some(ema) = self.training.ema.filter(|ema| ema.every > updates) {
            let allowed =
                format!("at most {updates}, the updates of the run: the average would never change");
            return Err(
                self.parameter_error("training.ema", &ParameterError::new("every", ema.every, allowed))
            );
        }
        self.check_schedule(updates, n_train)
    }

    /// The error about a batch norm over a training part that is too small for it.
    fn too_few_to_normalize(&self, n_train: usize) -> ConfigError {
        let (key, _) = self.model.norm();
        let samples = count(n_train, "sample");
        let reason =
            format!("normalises over samples, but the training part has {samples}, and {SINGLE_SAMPLE}");
        self.use_errors(vec![(key.to_owned(), reason)])
    }

    /// Warnings about training on `n_train` samples of a shape, each a sentence.
    pub fn warnings(&self, n_train: usize, shape: Option<&DataShape>) -> Vec<String> {
        let mut warnings = [self.left_out.as_slice(), &self.notes].concat();
        if let BatchPlan::Mini { size, drop_last: false } = self.training.plan
            && n_train % size == 1
            && self.model.least_batch(shape) > 1
        {
            warnings.push(format!(
                "the last batch of each epoch has one of the {n_train} training samples, and {SINGLE_SAMPLE}; set \
                 `training.drop_last = true` or another `batch_size`"
            ));
        }
        warnings
    }

    /// Checks that every part of the schedule ends within the run, and within the epochs of each group of parameters.
    fn check_schedule(&self, updates: usize, n_train: usize) -> Result<(), ConfigError> {
        let per_epoch = self.training.updates_per_epoch(n_train);
        let epochs = self.training.optimizer.groups.iter().filter_map(|group| group.epochs).min();
        let of_group =
            epochs.map(|epochs| epochs.saturating_mul(per_epoch)).filter(|of_group| *of_group < updates);
        let (updates, of) = of_group.map_or((updates, "the run"), |of_group| (of_group, "a group"));
        let ScheduleConfig { warmup, linear, cosine, .. } = self.training.schedule;
        for (key, ramp) in [("warmup", warmup), ("linear", linear), ("cosine", cosine)] {
            if let Some(Ramp { length: Length::Updates(length), .. }) = ramp
                && length > updates
            {
                let allowed = format!("at most {updates}, the updates of {of}, or left out");
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
        let training = root.table("training");
        self.training.check_shape(&training, shape);
        self.training.check_batches(&training, &self.model, Some(shape));
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
