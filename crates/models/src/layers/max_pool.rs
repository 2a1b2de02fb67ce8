//! Max-pooling: the largest of each two by two pixels. Height and width are even.
//!
//! The largest of four is found in two steps, of each pair of columns and then of each pair of rows.
//! For one pair, `out = max(a, b)`; with `g = ∂J/∂out`, `∂J/∂a = g` where `a >= b`, else 0, and
//! `∂J/∂b` the other way round, so that of equal pixels the first in reading order takes it all, as in PyTorch.

use super::parts::{in_parallel, independent};
use super::{InputGradient, Layer, LayerVisitor, Parts, PartsWithBackward, Path, TrainingPass, WithBackward};
use crate::description::Precision;
use crate::pattern::{Mask, rounding};
use burn::module::Module;
use burn::tensor::backend::Backend;
use burn::tensor::{Bool, Tensor};
use emberlab_data::ImageShape;
use std::marker::PhantomData;

/// A max-pooling layer. It has no parameters.
#[derive(Module, Debug)]
pub struct MaxPool<B: Backend> {
    image: [usize; 3],
    backend: PhantomData<B>,
}

/// Whether the first of each pair is at least as large.
type FirstWon<B> = Tensor<B, 2, Bool>;

impl<B: Backend> MaxPool<B> {
    /// A layer for images of one shape.
    pub fn new(image: ImageShape) -> Self {
        Self { image: [image.channels, image.height, image.width], backend: PhantomData }
    }

    /// The largest of each four pixels, all of them where several are equal within rounding.
    fn winners(&self, input: &Tensor<B, 2>) -> Mask<B> {
        let [channels, height, width] = self.image;
        let shape = input.dims();
        let pairs = shape[0] * channels * (height / 2);
        let largest = self.forward(input.clone()).reshape([pairs, 1, width / 2, 1]);
        let largest = largest.expand([pairs, 2, width / 2, 2]).reshape(shape);
        input.clone().greater_equal(largest - rounding(input))
    }

    fn n_outputs(&self) -> usize {
        self.image.iter().product::<usize>() / 4
    }
}

impl<B: Backend> Layer<B> for MaxPool<B> {
    fn group(&self) -> &'static str {
        "pools"
    }

    fn gains_from_parts(&self) -> bool {
        true
    }

    fn accept(&self, _path: &Path<'_>, _visitor: &mut impl LayerVisitor<B>) {}

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        // Columns first, as in `differentiate`: autodiff gives the derivative to the first of equal values in each step.
        let [channels, height, width] = self.image;
        let n = input.dims()[0];
        let pairs = n * channels * (height / 2);
        let columns = input.reshape([pairs * width, 2]).max_dim(1);
        columns.reshape([pairs, 2, width / 2]).max_dim(1).reshape([n, self.n_outputs()])
    }

    /// Records the largest pixels.
    fn forward_training(&self, input: Tensor<B, 2>, pass: &mut TrainingPass) -> Tensor<B, 2> {
        pass.record(|| vec![self.winners(&input)]);
        self.forward(input)
    }

    /// Keeps which pixel of each pair won.
    fn differentiate(&self, input: Tensor<B, 2>, _precision: Precision) -> WithBackward<'_, B> {
        let [channels, height, width] = self.image;
        let n = input.dims()[0];
        let pairs = n * channels * (height / 2);
        let (left, right) = deal(input);
        let (columns, column_won) = larger(left, right);
        let rows = columns.reshape([pairs, width]);
        let (pixels, row_won) = larger(half(&rows, 0), half(&rows, width / 2));
        let output = pixels.reshape([n, self.n_outputs()]);
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, _: &mut _| {
            wanted.when_wanted(|| {
                let (first, second) = share(grad.reshape([pairs, width / 2]), row_won);
                let rows = Tensor::cat(vec![first, second], 1).reshape([1, pairs * width]);
                let (left, right) = share(rows, column_won);
                interleave(left, right).reshape([n, channels * height * width])
            })
        };
        (output, Box::new(backward))
    }

    fn differentiate_parts(&self, inputs: Parts<B>, precision: Precision) -> PartsWithBackward<'_, B> {
        independent(in_parallel(inputs, |input| self.differentiate(input, precision)))
    }
}

/// The larger of each pair, and whether it was the first.
fn larger<B: Backend>(first: Tensor<B, 2>, second: Tensor<B, 2>) -> (Tensor<B, 2>, FirstWon<B>) {
    let first_won = first.clone().greater_equal(second.clone());
    (second.mask_where(first_won.clone(), first), first_won)
}

/// Gives each value to the first or to the second of its pair.
fn share<B: Backend>(grad: Tensor<B, 2>, first_won: FirstWon<B>) -> (Tensor<B, 2>, Tensor<B, 2>) {
    let first = grad.clone().mask_fill(first_won.clone().bool_not(), 0.0);
    (first, grad.mask_fill(first_won, 0.0))
}

/// Half of the columns, from `start` on, contiguous in memory: comparing views takes longer than the copy.
fn half<B: Backend>(rows: &Tensor<B, 2>, start: usize) -> Tensor<B, 2> {
    let [n, width] = rows.dims();
    rows.clone().narrow(1, start, width / 2).reshape([-1]).reshape([n, width / 2])
}

/// The pixels in even and those in odd columns, `[1, ..]` each. Backends copy a transposed matrix several times faster
/// than single pixels.
fn deal<B: Backend>(rows: Tensor<B, 2>) -> (Tensor<B, 2>, Tensor<B, 2>) {
    let half = rows.dims().iter().product::<usize>() / 2;
    let dealt = rows.reshape([half, 2]).transpose().reshape([2, half]);
    (dealt.clone().narrow(0, 0, 1), dealt.narrow(0, 1, 1))
}

/// The inverse of [`deal`], `[.., 2]`.
fn interleave<B: Backend>(even: Tensor<B, 2>, odd: Tensor<B, 2>) -> Tensor<B, 2> {
    Tensor::cat(vec![even, odd], 0).transpose()
}
