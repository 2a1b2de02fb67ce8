//! The mean gradient of several batches, or of the parts of one.
//!
//! The gradient of a mean loss over some samples counts as much as what the mean was divided by: their
//! number, or with class weights the sum of those. Class weights are summed on the device, and so the
//! gradients are scaled there without a wait.

use crate::devices::{AutodiffBackend, Backend};
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::Tensor;
use emberlab_models::{Classifier, Weight};

/// Adds up gradients, each by its weight, to the gradient of one large batch.
pub struct Accumulator {
    sum: GradientsAccumulator<Classifier<AutodiffBackend>>,
    weight: Option<Weight<Backend>>,
}

impl Accumulator {
    pub fn new() -> Self {
        Self { sum: GradientsAccumulator::new(), weight: None }
    }

    pub fn add(
        &mut self,
        model: &Classifier<AutodiffBackend>,
        mut gradients: GradientsParams,
        weight: Weight<Backend>,
    ) {
        scale(model, &mut gradients, weight.clone());
        self.sum.accumulate(model, gradients);
        self.weight = Some(match self.weight.take() {
            Some(sum) => sum.plus(weight),
            None => weight,
        });
    }

    /// The mean over all samples since the last one.
    pub fn take_mean(&mut self, model: &Classifier<AutodiffBackend>) -> GradientsParams {
        let mut gradients = self.sum.grads();
        if let Some(weight) = self.weight.take() {
            scale(model, &mut gradients, weight.recip());
        }
        *self = Self::new();
        gradients
    }
}

fn scale(model: &Classifier<AutodiffBackend>, gradients: &mut GradientsParams, factor: Weight<Backend>) {
    model.visit(&mut Scale { gradients, factor });
}

struct Scale<'a> {
    gradients: &'a mut GradientsParams,
    factor: Weight<Backend>,
}

impl ModuleVisitor<AutodiffBackend> for Scale<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<AutodiffBackend, D>>) {
        if let Some(gradient) = self.gradients.remove::<Backend, D>(param.id) {
            let scaled = match &self.factor {
                Weight::Number(factor) => gradient * *factor,
                Weight::OnDevice(factor) => gradient * factor.clone().unsqueeze(),
            };
            self.gradients.register(param.id, scaled);
        }
    }
}
