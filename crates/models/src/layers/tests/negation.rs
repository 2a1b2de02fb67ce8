//! A layer that only tests have, added as any other: `y = -x`, so `∂J/∂x = -∂J/∂y`.

use crate::description::Precision;
use crate::layers::{InputGradient, Layer, LayerVisitor, Parts, PartsWithBackward, Path, TrainingPass};
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

    fn gains_from_parts(&self) -> bool {
        true
    }

    fn accept(&self, _path: &Path<'_>, _visitor: &mut impl LayerVisitor<B>) {}

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        -input
    }

    fn forward_training(&self, input: Tensor<B, 2>, _pass: &mut TrainingPass) -> Tensor<B, 2> {
        -input
    }

    fn differentiate_parts(&self, inputs: Parts<B>, _precision: Precision) -> PartsWithBackward<'_, B> {
        let backward =
            |grads: Parts<B>, wanted: InputGradient, _: &mut [_]| wanted.when_wanted(|| negated(grads));
        (negated(inputs), Box::new(backward))
    }
}

fn negated<B: Backend>(parts: Parts<B>) -> Parts<B> {
    parts.into_iter().map(Tensor::neg).collect()
}
