//! Clipping by one norm over all gradients, as PyTorch's `clip_grad_norm_`.
//!
//! With the gradients `g` of all parameters and `n = √Σ g²`, each is multiplied by
//! `min(1, max_norm / (n + 1e-6))`. Everything stays on the device, so that nothing waits for it.

use super::accumulator::scale;
use crate::devices::{AutodiffBackend, Backend};
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use emberlab_models::{Classifier, Weight};

/// Added to the norm, as PyTorch does.
const EPSILON: f64 = 1e-6;

/// Scales the gradients of a model so that their common norm is at most `max_norm`.
pub fn clip_norm(model: &Classifier<AutodiffBackend>, gradients: &mut GradientsParams, max_norm: f64) {
    let mut squares = SumsOfSquares { gradients, sums: Vec::new() };
    model.visit(&mut squares);
    if squares.sums.is_empty() {
        return;
    }
    let norm = Tensor::cat(squares.sums, 0).sum().sqrt();
    let factor = ((norm + EPSILON).recip() * max_norm).clamp_max(1.0);
    scale(model, gradients, Weight::OnDevice(factor));
}

/// The sum of the squares of each gradient, `[1]`, on the device.
struct SumsOfSquares<'a> {
    gradients: &'a GradientsParams,
    sums: Vec<Tensor<Backend, 1>>,
}

impl ModuleVisitor<AutodiffBackend> for SumsOfSquares<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<AutodiffBackend, D>>) {
        if let Some(gradient) = self.gradients.get::<Backend, D>(param.id) {
            self.sums.push(gradient.square().sum());
        }
    }
}
