//! A product with a number `a`: `y = a x`, so `∂J/∂x = a ∂J/∂y`.

use super::{InputGradient, Layer, LayerVisitor, Path, TrainingPass, WithBackward};
use crate::description::Precision;
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use std::marker::PhantomData;

/// A layer that multiplies by a number that is not trained.
#[derive(Module, Debug)]
pub struct Scale<B: Backend> {
    factor: f64,
    backend: PhantomData<B>,
}

impl<B: Backend> Scale<B> {
    /// A layer that multiplies by `factor`.
    pub fn new(factor: f64) -> Self {
        Self { factor, backend: PhantomData }
    }
}

impl<B: Backend> Layer<B> for Scale<B> {
    fn group(&self) -> &'static str {
        "scales"
    }

    fn accept(&self, _path: &Path<'_>, _visitor: &mut impl LayerVisitor<B>) {}

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        input * self.factor
    }

    fn forward_training(&self, input: Tensor<B, 2>, _pass: &mut TrainingPass) -> Tensor<B, 2> {
        self.forward(input)
    }

    fn differentiate(&self, input: Tensor<B, 2>, _precision: Precision) -> WithBackward<'_, B> {
        let backward =
            |grad: Tensor<B, 2>, wanted: InputGradient, _: &mut _| wanted.when_wanted(|| grad * self.factor);
        (input * self.factor, Box::new(backward))
    }
}
