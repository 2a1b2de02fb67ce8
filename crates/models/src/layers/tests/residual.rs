//! A residual block `y = x + f(x)`, where `f` is a sequence of layers. `∂J/∂x = ∂J/∂y + ∂J/∂f · ∂f/∂x`.

use crate::description::Precision;
use crate::layers::sequence;
use crate::layers::{
    InputGradient, Layer, LayerVisitor, Layers, Parts, PartsWithBackward, Path, TrainingPass, visit_layers,
};
use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// A residual block.
#[derive(Module, Debug)]
pub struct Residual<B: Backend> {
    pub layers: Layers<B>,
}

impl<B: Backend> Layer<B> for Residual<B> {
    fn group(&self) -> &'static str {
        "blocks"
    }

    fn gains_from_parts(&self) -> bool {
        self.layers.iter().all(Layer::gains_from_parts)
    }

    fn accept(&self, path: &Path<'_>, visitor: &mut impl LayerVisitor<B>) {
        visit_layers(path, &self.layers, visitor);
    }

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        input.clone() + sequence::forward(&self.layers, input)
    }

    fn forward_training(&self, input: Tensor<B, 2>, pass: &mut TrainingPass) -> Tensor<B, 2> {
        input.clone() + sequence::forward_training(&self.layers, input, pass)
    }

    fn differentiate_parts(&self, inputs: Parts<B>, precision: Precision) -> PartsWithBackward<'_, B> {
        let (branch, backward) = sequence::differentiate_parts(&self.layers, inputs.clone(), precision);
        let backward = move |grads: Parts<B>, wanted: InputGradient, gradients: &mut [GradientsParams]| {
            backward(grads.clone(), wanted, gradients).map(|branch| sum(grads, branch))
        };
        (sum(inputs, branch), Box::new(backward))
    }
}

fn sum<B: Backend>(left: Parts<B>, right: Parts<B>) -> Parts<B> {
    left.into_iter().zip(right).map(|(left, right)| left + right).collect()
}
