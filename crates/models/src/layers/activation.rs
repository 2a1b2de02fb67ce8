//! An [`Activation`] as a layer. It keeps its input and its output.

use super::Backward;
use crate::activations::Activation;
use crate::pattern::{Mask, sides_of_zero};
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use std::marker::PhantomData;

/// A function of each element. It has no parameters.
#[derive(Module, Debug)]
pub struct ActivationLayer<B: Backend> {
    activation: Activation,
    backend: PhantomData<B>,
}

impl<B: Backend> ActivationLayer<B> {
    /// The layer of a function.
    pub fn new(activation: Activation) -> Self {
        Self { activation, backend: PhantomData }
    }

    pub(super) fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        self.activation.forward(input)
    }

    /// The units that are active and those that are not, where the function has a kink.
    pub(super) fn pattern(&self, input: &Tensor<B, 2>) -> Vec<Mask<B>> {
        if self.activation.has_kink() { sides_of_zero(input) } else { Vec::new() }
    }

    pub(super) fn differentiate(&self, input: Tensor<B, 2>) -> (Tensor<B, 2>, Backward<'_, B>) {
        let output = self.forward(input.clone());
        let kept = output.clone();
        let backward = move |grad, wanted: super::InputGradient, _: &mut _| {
            wanted.when_wanted(|| self.activation.backward(input, kept, grad))
        };
        (output, Box::new(backward))
    }
}
