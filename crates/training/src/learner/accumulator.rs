//! The mean gradient of several batches, or of the parts of one.
//!
//! A gradient of a mean loss counts as much as the mean was divided by: the number of samples, or with class weights the
//! sum of those. Class weights are summed on the device, and the gradients are scaled there, so that nothing waits for it.

use super::replicas::Part;
use crate::devices::{AutodiffBackend, Backend};
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::Tensor;
use emberlab_models::{Classifier, Weight};

/// Adds up gradients, each by its weight, to the gradient of one large batch.
pub struct Accumulator {
    sum: GradientsAccumulator<Classifier<AutodiffBackend>>,
    weight: Option<Weight<Backend>>,
    /// Batches that an update is made of.
    batches_per_update: usize,
    /// Batches since the last update.
    n_batches: usize,
}

impl Accumulator {
    /// An accumulator of `batches_per_update` batches.
    pub fn new(batches_per_update: usize) -> Self {
        Self { sum: GradientsAccumulator::new(), weight: None, batches_per_update, n_batches: 0 }
    }

    /// Adds a batch. Returns the mean over all samples since the last update when there are batches enough, or when
    /// `is_last`.
    pub fn add_batch(
        &mut self,
        model: &Classifier<AutodiffBackend>,
        mut parts: Vec<Part>,
        is_last: bool,
    ) -> Option<GradientsParams> {
        let is_first = self.n_batches == 0;
        self.n_batches += 1;
        let is_due = self.n_batches >= self.batches_per_update || is_last;
        if is_due {
            self.n_batches = 0;
        }
        // One part alone is its own mean, to the last bit.
        if is_due && is_first && parts.len() == 1 {
            return parts.pop().map(|part| part.gradients);
        }
        parts.into_iter().for_each(|part| self.add(model, part.gradients, part.score.weight()));
        is_due.then(|| self.take_mean(model))
    }

    fn add(
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

    fn take_mean(&mut self, model: &Classifier<AutodiffBackend>) -> GradientsParams {
        let mut gradients = self.sum.grads();
        if let Some(weight) = self.weight.take() {
            scale(model, &mut gradients, weight.recip());
        }
        self.sum = GradientsAccumulator::new();
        gradients
    }
}

/// Multiplies the gradients of a model by `factor`.
pub fn scale(model: &Classifier<AutodiffBackend>, gradients: &mut GradientsParams, factor: Weight<Backend>) {
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
