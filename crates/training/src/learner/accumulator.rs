//! The mean gradient of several batches, or of the parts of one.

use crate::backend::{AutodiffBackend, Backend};
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::Tensor;
use emberlab_models::Classifier;

/// Adds up gradients, each as often as it has samples, to the gradient of one large batch.
pub struct Accumulator {
    sum: GradientsAccumulator<Classifier<AutodiffBackend>>,
    n_samples: usize,
}

impl Accumulator {
    pub fn new() -> Self {
        Self { sum: GradientsAccumulator::new(), n_samples: 0 }
    }

    pub fn add(
        &mut self,
        model: &Classifier<AutodiffBackend>,
        mut gradients: GradientsParams,
        n_samples: usize,
    ) {
        scale(model, &mut gradients, n_samples as f64);
        self.sum.accumulate(model, gradients);
        self.n_samples += n_samples;
    }

    /// The mean over all samples since the last one.
    pub fn take_mean(&mut self, model: &Classifier<AutodiffBackend>) -> GradientsParams {
        let mut gradients = self.sum.grads();
        scale(model, &mut gradients, 1.0 / self.n_samples as f64);
        *self = Self::new();
        gradients
    }
}

fn scale(model: &Classifier<AutodiffBackend>, gradients: &mut GradientsParams, factor: f64) {
    model.visit(&mut Scale { gradients, factor });
}

struct Scale<'a> {
    gradients: &'a mut GradientsParams,
    factor: f64,
}

impl ModuleVisitor<AutodiffBackend> for Scale<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<AutodiffBackend, D>>) {
        if let Some(gradient) = self.gradients.remove::<Backend, D>(param.id) {
            self.gradients.register(param.id, gradient * self.factor);
        }
    }
}
