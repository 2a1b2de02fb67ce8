//! The derivatives of layers as they are computed, those inside residual blocks included.

use super::{AnyLayer, Backward, InputGradient, Layer, WithBackward, residual, sequence};
use crate::description::Precision;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use std::sync::{Mutex, PoisonError};

/// What the derivative of one layer received and returned.
pub struct LayerDerivative<'a, B: Backend> {
    /// The layer's position in the network. Inside a residual block there follow 0 for its layers or 1 for its shortcut, and the
    /// position there, and so on.
    pub place: &'a [usize],
    /// The layer.
    pub layer: &'a AnyLayer<B>,
    /// `∂J/∂output`.
    pub grad_output: Tensor<B, 2>,
    /// `∂J/∂input`; none for the first layer.
    pub grad_input: Option<Tensor<B, 2>>,
    /// The gradients of all parameters so far.
    pub parameters: &'a mut GradientsParams,
}

/// Receives the derivative of a layer and returns `∂J/∂input`.
pub(crate) type Observe<'a, B> = dyn FnMut(LayerDerivative<'_, B>) -> Option<Tensor<B, 2>> + Send + 'a;

/// Layers whose derivatives are shown to `observe`, which returns `∂J/∂input`: the same one, or another one to see that a
/// wrong derivative is noticed.
pub(crate) struct Observed<'a, B: Backend> {
    pub observe: &'a Mutex<Observe<'a, B>>,
    pub precision: Precision,
}

impl<'a, B: Backend> Observed<'a, B> {
    /// The output of the last layer, and the derivative of all; the layers lie at `place`.
    pub fn differentiate(
        &self,
        layers: &'a [AnyLayer<B>],
        input: Tensor<B, 2>,
        place: &[usize],
    ) -> WithBackward<'a, B> {
        let mut derivatives = Vec::with_capacity(layers.len());
        let output = layers.iter().enumerate().fold(input, |signal, (index, layer)| {
            let place = [place, &[index]].concat();
            let (output, backward) = self.one(layer, signal, &place);
            derivatives.push(self.shown(layer, place, backward));
            output
        });
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, gradients: &mut GradientsParams| {
            sequence::backpropagate(derivatives, grad, wanted, gradients)
        };
        (output, Box::new(backward))
    }

    fn one(&self, layer: &'a AnyLayer<B>, input: Tensor<B, 2>, place: &[usize]) -> WithBackward<'a, B> {
        let AnyLayer::Residual(block) = layer else { return layer.differentiate(input, self.precision) };
        let inside = |layers: &'a [AnyLayer<B>], way: usize| {
            self.differentiate(layers, input.clone(), &[place, &[way]].concat())
        };
        residual::add(inside(&block.layers, 0), inside(&block.shortcut, 1))
    }

    fn shown(&self, layer: &'a AnyLayer<B>, place: Vec<usize>, backward: Backward<'a, B>) -> Backward<'a, B> {
        let observe = self.observe;
        Box::new(move |grad: Tensor<B, 2>, wanted: InputGradient, parameters: &mut GradientsParams| {
            let grad_input = backward(grad.clone(), wanted, parameters);
            let mut observe = observe.lock().unwrap_or_else(PoisonError::into_inner);
            observe(LayerDerivative { place: &place, layer, grad_output: grad, grad_input, parameters })
        })
    }
}
