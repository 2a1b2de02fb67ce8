//! A layer that only tests have, added as any other: `y = -x`, so `∂J/∂x = -∂J/∂y`.

use crate::description::Precision;
use crate::layers::{InputGradient, Layer, LayerVisitor, Path, TrainingPass, WithBackward};
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use std::marker::PhantomData;

/// A layer that negates its input.
#[derive(Module, Debug, Default)]
pub struct Negation<B: Backend> {
    backend: PhantomData<B>,
}

impl<B: Backend> Layer<B> for Negation<B> {
    fn group(&self) -> &'static str {
        "negations"
    }

    fn accept(&self, _path: &Path<'_>, _visitor: &mut impl LayerVisitor<B>) {}

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        -input
    }

    fn forward_training(&self, input: Tensor<B, 2>, _pass: &mut TrainingPass) -> Tensor<B, 2> {
        -input
    }

    fn differentiate(&self, input: Tensor<B, 2>, _precision: Precision) -> WithBackward<'_, B> {
        let backward = |grad: Tensor<B, 2>, wanted: InputGradient, _: &mut _| wanted.when_wanted(|| -grad);
        (-input, Box::new(backward))
    }
}
