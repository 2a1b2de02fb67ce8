//! An image as a row of numbers, as PyTorch's `nn.Flatten`. Between layers a batch always is a matrix, so that nothing is
//! computed; the layer has a place in the list, by which the layers after it are named.

use super::{InputGradient, Layer, LayerVisitor, Path, TrainingPass, WithBackward};
use crate::description::Precision;
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use std::marker::PhantomData;

/// A layer that returns its input. It has no parameters.
#[derive(Module, Debug, Default)]
pub struct Flatten<B: Backend> {
    backend: PhantomData<B>,
}

impl<B: Backend> Layer<B> for Flatten<B> {
    fn group(&self) -> &'static str {
        "flattens"
    }

    fn accept(&self, _path: &Path<'_>, _visitor: &mut impl LayerVisitor<B>) {}

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        input
    }

    fn forward_training(&self, input: Tensor<B, 2>, _pass: &mut TrainingPass) -> Tensor<B, 2> {
        input
    }

    fn differentiate(&self, input: Tensor<B, 2>, _precision: Precision) -> WithBackward<'_, B> {
        let backward = |grad: Tensor<B, 2>, wanted: InputGradient, _: &mut _| wanted.when_wanted(|| grad);
        (input, Box::new(backward))
    }
}
