//! A product with a number `a`: `y = a x`, so `∂J/∂x = a ∂J/∂y`.

use super::{InputGradient, Layer, LayerVisitor, Parts, PartsWithBackward, Path, TrainingPass};
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

    fn scaled(&self, values: Parts<B>) -> Parts<B> {
        values.into_iter().map(|part| part * self.factor).collect()
    }
}

impl<B: Backend> Layer<B> for Scale<B> {
    fn group(&self) -> &'static str {
        "scales"
    }

    fn gains_from_parts(&self) -> bool {
        true
    }

    fn accept(&self, _path: &Path<'_>, _visitor: &mut impl LayerVisitor<B>) {}

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        input * self.factor
    }

    fn forward_training(&self, input: Tensor<B, 2>, _pass: &mut TrainingPass) -> Tensor<B, 2> {
        self.forward(input)
    }

    fn differentiate_parts(&self, inputs: Parts<B>, _precision: Precision) -> PartsWithBackward<'_, B> {
        let backward =
            |grads: Parts<B>, wanted: InputGradient, _: &mut [_]| wanted.when_wanted(|| self.scaled(grads));
        (self.scaled(inputs), Box::new(backward))
    }
}
