//! Central differences of what training makes small.

use super::Cpu;
use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::tensor::{DType, Tensor, TensorData};
use emberlab_data::{ClassificationBatch, RandomState};
use emberlab_models::Classifier;

/// Steps to try, the first of which is best for what is smooth.
const STEPS: [f64; 3] = [1e-5, 1e-6, 1e-7];

/// The objective around the weights of a classifier, on one batch.
pub struct Differences<'a> {
    classifier: &'a Classifier<Cpu>,
    batch: ClassificationBatch<Cpu>,
    dropout: RandomState,
}

impl<'a> Differences<'a> {
    pub fn new(
        classifier: &'a Classifier<Cpu>,
        batch: ClassificationBatch<Cpu>,
        dropout: RandomState,
    ) -> Self {
        Self { classifier, batch, dropout }
    }

    /// The slope of the objective along one entry of a parameter; nothing where a kink is too near.
    ///
    /// A step and half of it give the same slope, as `agree` judges, unless one of them crosses a
    /// kink; then smaller steps are tried.
    pub fn slope(&self, parameter: ParamId, entry: usize, agree: impl Fn(f64, f64) -> bool) -> Option<f64> {
        STEPS.into_iter().find_map(|step| {
            let slope = self.central(parameter, entry, step);
            agree(slope, self.central(parameter, entry, step / 2.0)).then_some(slope)
        })
    }

    fn central(&self, parameter: ParamId, entry: usize, step: f64) -> f64 {
        let [up, down] = [step, -step].map(|step| {
            let mut nudge = Nudge { parameter, entry, step };
            self.objective(&self.classifier.clone().map(&mut nudge))
        });
        (up - down) / (2.0 * step)
    }

    /// Loss and penalty of a batch that is trained on.
    fn objective(&self, classifier: &Classifier<Cpu>) -> f64 {
        classifier.network().reset_dropout(&self.dropout);
        classifier.training_objective(&self.batch).into_data().iter::<f64>().sum()
    }
}

/// Adds a step to one entry of one parameter.
struct Nudge {
    parameter: ParamId,
    entry: usize,
    step: f64,
}

impl ModuleMapper<Cpu> for Nudge {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<Cpu, D>>) -> Param<Tensor<Cpu, D>> {
        if param.id != self.parameter {
            return param;
        }
        param.map(|tensor| {
            let (shape, device) = (tensor.dims(), tensor.device());
            let mut values: Vec<f64> = tensor.into_data().iter::<f64>().collect();
            if let Some(value) = values.get_mut(self.entry) {
                *value += self.step;
            }
            Tensor::from_data(TensorData::new(values, shape), (&device, DType::F64))
        })
    }
}
