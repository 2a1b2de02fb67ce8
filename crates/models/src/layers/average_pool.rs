//! Average pooling: the mean of each two by two pixels. Height and width are even.
//!
//! For the four pixels `x₁ … x₄` of a block, `out = (x₁ + x₂ + x₃ + x₄) / 4`; with `g = ∂J/∂out`,
//! `∂J/∂xᵢ = g / 4` for each of them, because blocks do not overlap. There is no kink.

use super::parts::{in_parallel, independent};
use super::{InputGradient, Layer, LayerVisitor, Parts, PartsWithBackward, Path, TrainingPass, WithBackward};
use crate::description::Precision;
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use emberlab_data::ImageShape;
use std::marker::PhantomData;

/// Pixels of a block.
const BLOCK_SIZE: usize = 4;

/// An average-pooling layer. It has no parameters.
#[derive(Module, Debug)]
pub struct AveragePool<B: Backend> {
    image: [usize; 3],
    backend: PhantomData<B>,
}

impl<B: Backend> AveragePool<B> {
    /// A layer for images of one shape.
    pub fn new(image: ImageShape) -> Self {
        Self { image: [image.channels, image.height, image.width], backend: PhantomData }
    }

    /// The pairs of rows in a batch of `n` images, and the width of the images.
    fn pairs_of_rows(&self, n: usize) -> [usize; 2] {
        let [channels, height, width] = self.image;
        [n * channels * (height / 2), width]
    }
}

impl<B: Backend> Layer<B> for AveragePool<B> {
    fn group(&self) -> &'static str {
        "pools"
    }

    fn gains_from_parts(&self) -> bool {
        true
    }

    fn accept(&self, _path: &Path<'_>, _visitor: &mut impl LayerVisitor<B>) {}

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        let [n, n_inputs] = input.dims();
        let [pairs, width] = self.pairs_of_rows(n);
        let columns = input.reshape([pairs * width, 2]).sum_dim(1);
        let blocks = columns.reshape([pairs, 2, width / 2]).sum_dim(1);
        blocks.reshape([n, n_inputs / BLOCK_SIZE]).div_scalar(BLOCK_SIZE as f64)
    }

    fn forward_training(&self, input: Tensor<B, 2>, _pass: &mut TrainingPass) -> Tensor<B, 2> {
        self.forward(input)
    }

    fn differentiate(&self, input: Tensor<B, 2>, _precision: Precision) -> WithBackward<'_, B> {
        let [n, n_inputs] = input.dims();
        let [pairs, width] = self.pairs_of_rows(n);
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, _: &mut _| {
            wanted.when_wanted(|| {
                let share = grad.div_scalar(BLOCK_SIZE as f64).reshape([pairs, 1, width / 2, 1]);
                share.expand([pairs, 2, width / 2, 2]).reshape([n, n_inputs])
            })
        };
        (self.forward(input), Box::new(backward))
    }

    fn differentiate_parts(&self, inputs: Parts<B>, precision: Precision) -> PartsWithBackward<'_, B> {
        independent(in_parallel(inputs, |input| self.differentiate(input, precision)))
    }
}
