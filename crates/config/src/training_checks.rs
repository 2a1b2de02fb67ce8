//! Checks of `[training]` against the model and the data.

use super::SINGLE_SAMPLE;
use super::class_weights::ClassWeights;
use super::data::DataConfig;
use super::model::ModelConfig;
use super::score_name::ScoreName;
use super::section::Section;
use super::select::Select;
use super::shape::DataShape;
use super::training::TrainingConfig;
use emberlab_data::BatchPlan;

impl TrainingConfig {
    /// Reports keys that do not fit the data.
    pub(super) fn check(&self, section: &Section<'_>, data: &DataConfig) {
        for key in ["validate_every", "select", "early_stopping"] {
            if data.validation.is_none() && !data.source.can_bring_validation() {
                section.meaningless(key, "has no meaning without `data.validation_fraction`");
            }
        }
        data.source.shape().inspect(|shape| self.check_shape(section, shape));
    }

    /// Reports batches that are too small for the model.
    pub(super) fn check_batches(
        &self,
        section: &Section<'_>,
        model: &ModelConfig,
        shape: Option<&DataShape>,
    ) {
        let least = model.least_batch(shape);
        if let BatchPlan::Mini { size, .. } = self.plan
            && size.get() < least
        {
            let (_, norm) = model.norm();
            let reason = format!("is {size}, must be at least {least} with {norm}: {SINGLE_SAMPLE}");
            section.problem("batch_size", reason);
        }
    }

    /// Whether a key that needs a validation part differs from its default.
    pub(super) fn is_about_validation(&self) -> bool {
        self.validate_every != 1
            || self.select != Select::Best(ScoreName::Loss)
            || self.early_stopping.is_some()
    }

    /// Reports keys that need a validation part, once the data is known to have none.
    pub(super) fn check_validation(&self, section: &Section<'_>) {
        for key in ["validate_every", "select", "early_stopping"] {
            if section.has(key) {
                let reason = "has no meaning without a validation part; set `data.validation_fraction`, or put a folder \
                              `val` beside `train`";
                section.problem(key, reason);
            }
        }
    }

    /// Reports keys that do not fit the number of classes.
    pub(super) fn check_shape(&self, section: &Section<'_>, shape: &DataShape) {
        let n_classes = shape.n_classes;
        if let Some(ClassWeights::Given(weights)) = &self.class_weights
            && weights.len() != n_classes
        {
            let reason = format!("has {} weights, must have {n_classes}, one for each class", weights.len());
            section.problem("class_weights", reason);
        }
    }
}
