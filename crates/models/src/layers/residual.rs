//! A residual block `y = f(x) + g(x)` (K. He et al., "Deep Residual Learning for Image Recognition", 2016), where `f` is a
//! sequence of layers and the shortcut `g` another one, or the identity: `∂J/∂x = ∂J/∂y ∂f/∂x + ∂J/∂y ∂g/∂x`.

use super::{
    InputGradient, Layer, LayerVisitor, Layers, Path, TrainingPass, WithBackward, sequence, visit_layers,
};
use crate::description::Precision;
use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// A residual block.
#[derive(Module, Debug)]
pub struct Residual<B: Backend> {
    /// `f`.
    pub layers: Layers<B>,
    /// `g`; no layer for the identity.
    pub shortcut: Layers<B>,
}

impl<B: Backend> Layer<B> for Residual<B> {
    fn group(&self) -> &'static str {
        "blocks"
    }

    fn accept(&self, path: &Path<'_>, visitor: &mut impl LayerVisitor<B>) {
        visit_layers(&path.child("layers"), &self.layers, visitor);
        visit_layers(&path.child("shortcut"), &self.shortcut, visitor);
    }

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        sequence::forward(&self.layers, input.clone()) + sequence::forward(&self.shortcut, input)
    }

    fn forward_training(&self, input: Tensor<B, 2>, pass: &mut TrainingPass) -> Tensor<B, 2> {
        let branch = sequence::forward_training(&self.layers, input.clone(), pass);
        branch + sequence::forward_training(&self.shortcut, input, pass)
    }

    fn differentiate(&self, input: Tensor<B, 2>, precision: Precision) -> WithBackward<'_, B> {
        let branch = sequence::with_backward(&self.layers, input.clone(), precision);
        add(branch, sequence::with_backward(&self.shortcut, input, precision))
    }
}

/// The sum of the two ways through a block, and its derivative.
pub(super) fn add<'a, B: Backend>(
    (branch, backward): WithBackward<'a, B>,
    (around, backward_around): WithBackward<'a, B>,
) -> WithBackward<'a, B> {
    let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, gradients: &mut GradientsParams| {
        let around = backward_around(grad.clone(), wanted, gradients);
        let branch = backward(grad, wanted, gradients);
        Some(branch? + around?)
    };
    (branch + around, Box::new(backward))
}
