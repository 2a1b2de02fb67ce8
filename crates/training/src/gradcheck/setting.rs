//! The classifier and the batch of a check, in f64.

use super::gradients::{HostGradients, read};
use super::{Cpu, Rule, Tracked, rounding};
use crate::error::Error;
use crate::trainer::Trainer;
use burn::module::{AutodiffModule, Module, ModuleMapper, Param, ParamId};
use burn::tensor::{DType, Tensor, TensorData};
use emberlab_data::{ClassificationBatch, LabelledData, Normalizer, RandomState};
use emberlab_models::Classifier;
use std::collections::HashMap;

/// The number of random changes of weights and inputs that measure rounding errors.
const N_ROUNDINGS: u32 = 4;
/// The bound of a rounding error, as a multiple of the largest measured one.
const ROUNDING_LIMIT: f64 = 8.0;

/// A classifier with its initial weights, and a batch.
pub struct Setting {
    classifier: Classifier<Tracked>,
    /// The samples of the batch.
    pub samples: LabelledData,
    batch: ClassificationBatch<Tracked>,
    dropout: RandomState,
}

impl Setting {
    /// Takes the first `n_samples` of `train`, or all where there are fewer.
    ///
    /// # Errors
    ///
    /// As for [`classifier`](crate::classifier()).
    pub fn new(
        trainer: &Trainer<'_>,
        train: &LabelledData,
        normalizer: &Normalizer,
        n_samples: usize,
    ) -> Result<Self, Error> {
        let rows: Vec<usize> = (0..n_samples.min(train.len())).collect();
        let samples = train.select(&rows)?;
        Ok(Self {
            classifier: trainer.classifier_on_cpu(train, normalizer)?.map(&mut ToF64),
            batch: batch_in_f64(&samples, normalizer),
            samples,
            dropout: RandomState::new(trainer.config().model.dropout_seed),
        })
    }

    /// The id and the name of each parameter, from the input on.
    pub fn parameters(&self) -> Vec<(ParamId, String)> {
        let parameters = self.classifier.network().parameters().into_iter();
        parameters.map(|parameter| (parameter.id, parameter.name)).collect()
    }

    /// The classifier without a graph.
    pub fn untracked(&self) -> Classifier<Cpu> {
        self.classifier.valid()
    }

    /// The batch without a graph.
    pub fn untracked_batch(&self) -> ClassificationBatch<Cpu> {
        self.batch.clone().inner()
    }

    /// The state of dropout's generator.
    pub fn dropout(&self) -> &RandomState {
        &self.dropout
    }

    /// The gradients of the batch.
    pub fn gradients(&self, rule: &Rule<'_>) -> HostGradients {
        self.gradients_of(&self.classifier, self.batch.clone(), rule)
    }

    /// A bound of the rounding error of each parameter's gradient, for rounding with a relative error of `unit`: a multiple of
    /// the largest change of the gradient when all weights and inputs change by that much.
    pub fn rounding(&self, rule: &Rule<'_>, right: &HostGradients, unit: f64) -> HashMap<ParamId, f64> {
        let mut bounds: HashMap<ParamId, f64> = right.keys().map(|id| (*id, 0.0)).collect();
        for seed in 0..N_ROUNDINGS {
            let (classifier, batch) = rounding::rounded(&self.classifier, self.batch.clone(), unit, seed);
            let changed = self.gradients_of(&classifier, batch, rule);
            for (id, bound) in &mut bounds {
                if let (Some(right), Some(changed)) = (right.get(id), changed.get(id)) {
                    *bound = bound.max(ROUNDING_LIMIT * changed.distance(right));
                }
            }
        }
        bounds
    }

    fn gradients_of(
        &self,
        classifier: &Classifier<Tracked>,
        batch: ClassificationBatch<Tracked>,
        rule: &Rule<'_>,
    ) -> HostGradients {
        classifier.network().reset_dropout(&self.dropout);
        read(classifier, rule(classifier, batch))
    }
}

/// Turns every parameter into f64.
struct ToF64;

impl ModuleMapper<Tracked> for ToF64 {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<Tracked, D>>) -> Param<Tensor<Tracked, D>> {
        let trained = param.val().is_require_grad();
        param.map(|tensor| Tensor::from_inner(tensor.inner().cast(DType::F64)).set_require_grad(trained))
    }
}

fn batch_in_f64(samples: &LabelledData, normalizer: &Normalizer) -> ClassificationBatch<Tracked> {
    let (n, n_features, n_classes) = (samples.len(), samples.n_features(), samples.n_classes());
    let device = Default::default();
    let mut targets = vec![0.0f64; n * n_classes];
    for (row, &label) in samples.labels.iter().enumerate() {
        targets[row * n_classes + label as usize] = 1.0;
    }
    let labels: Vec<i64> = samples.labels.iter().map(|&label| i64::from(label)).collect();
    let float = |values, width| Tensor::from_data(TensorData::new(values, [n, width]), (&device, DType::F64));
    ClassificationBatch {
        inputs: float(normalizer.apply(&samples.features), n_features),
        labels: Tensor::from_data(TensorData::new(labels, [n]), &device),
        targets: float(targets, n_classes),
    }
}
