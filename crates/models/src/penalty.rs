//! The L1 penalty `Σ |w|` over the weights of a network, and its derivative `sign(w)`.

use crate::layers::{LayerVisitor, Path, Penalty};
use crate::network::Network;
use crate::pattern::{Pattern, sides_of_zero};
use burn::module::Param;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

impl<B: Backend> Network<B> {
    /// `Σ |w|`, `[1]`; none for a network without weights.
    pub(crate) fn sum_of_magnitudes(&self) -> Option<Tensor<B, 1>> {
        let mut sums = Sums(Vec::new());
        self.visit_layers(&mut sums);
        (!sums.0.is_empty()).then(|| Tensor::cat(sums.0, 0).sum())
    }

    /// Adds the signs of the weights to a pattern.
    pub(crate) fn record_signs(&self, pattern: &mut Pattern) {
        self.visit_layers(&mut Signs(pattern));
    }

    /// Adds the derivative of `l1 Σ |w|` to the gradients of the weights.
    pub(crate) fn add_l1_gradients(&self, l1: f64, gradients: &mut GradientsParams) {
        self.visit_layers(&mut AddL1Gradients { l1, gradients });
    }
}

struct Sums<B: Backend>(Vec<Tensor<B, 1>>);

impl<B: Backend> LayerVisitor<B> for Sums<B> {
    fn parameter<const D: usize>(
        &mut self,
        _path: &Path<'_>,
        parameter: &Param<Tensor<B, D>>,
        penalty: Penalty,
    ) {
        if penalty == Penalty::Included {
            self.0.push(parameter.val().abs().sum());
        }
    }
}

struct Signs<'a>(&'a mut Pattern);

impl<B: Backend> LayerVisitor<B> for Signs<'_> {
    fn parameter<const D: usize>(
        &mut self,
        _path: &Path<'_>,
        parameter: &Param<Tensor<B, D>>,
        penalty: Penalty,
    ) {
        if penalty == Penalty::Included {
            self.0.extend(sides_of_zero(&parameter.val().reshape([1, -1])));
        }
    }
}

struct AddL1Gradients<'a> {
    l1: f64,
    gradients: &'a mut GradientsParams,
}

impl<B: Backend> LayerVisitor<B> for AddL1Gradients<'_> {
    fn parameter<const D: usize>(
        &mut self,
        _path: &Path<'_>,
        weight: &Param<Tensor<B, D>>,
        penalty: Penalty,
    ) {
        if penalty == Penalty::Excluded {
            return;
        }
        if let Some(gradient) = self.gradients.remove::<B, D>(weight.id) {
            self.gradients.register(weight.id, gradient + weight.val().sign() * self.l1);
        }
    }
}
