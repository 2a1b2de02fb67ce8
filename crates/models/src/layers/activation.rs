//! An [`Activation`] as a layer. Its derivative keeps the input or the output.

use super::{InputGradient, Layer, LayerVisitor, Path, TrainingPass, WithBackward};
use crate::description::{Activation, Precision};
use crate::pattern::sides_of_zero;
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use std::marker::PhantomData;

/// A function of each element. It has no parameters.
#[derive(Module, Debug)]
pub struct ActivationLayer<B: Backend> {
    /// The function.
    pub activation: Activation,
    backend: PhantomData<B>,
}

impl<B: Backend> ActivationLayer<B> {
    /// The layer of a function.
    pub fn new(activation: Activation) -> Self {
        Self { activation, backend: PhantomData }
    }

    /// The output and the derivative on tensors of any backend.
    pub(super) fn differentiate_untracked<I: Backend>(
        &self,
        input: Tensor<I, 2>,
    ) -> WithBackward<'static, I> {
        let activation = self.activation;
        let (output, kept) = activation.differentiate(input);
        let backward = move |grad, wanted: InputGradient, _: &mut _| {
            wanted.when_wanted(|| activation.backward(kept, grad))
        };
        (output, Box::new(backward))
    }
}

impl<B: Backend> Layer<B> for ActivationLayer<B> {
    fn group(&self) -> &'static str {
        "activations"
    }

    fn accept(&self, _path: &Path<'_>, _visitor: &mut impl LayerVisitor<B>) {}

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        self.activation.forward(input)
    }

    /// Records the active units and the inactive ones, where the function has a kink.
    fn forward_training(&self, input: Tensor<B, 2>, pass: &mut TrainingPass) -> Tensor<B, 2> {
        if self.activation.has_kink() {
            pass.record(|| sides_of_zero(&input));
        }
        self.forward(input)
    }

    fn differentiate(&self, input: Tensor<B, 2>, _precision: Precision) -> WithBackward<'_, B> {
        self.differentiate_untracked(input)
    }
}
