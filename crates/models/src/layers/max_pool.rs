//! Max-pooling: the largest of each two by two pixels. Height and width are even.
//!
//! The largest of four is found in two steps, of each pair of columns and then of each pair of rows.
//! For one pair, `out = max(a, b)`; with `g = ∂J/∂out`, `∂J/∂a = g` where `a >= b`, else 0, and
//! `∂J/∂b` the other way round, so that of equal pixels the first in reading order takes it all, as in PyTorch.

use super::{Backward, InputGradient};
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

/// The first of each pair was at least as large.
type FirstWon<B> = Tensor<B, 2, Bool>;

impl<B: Backend> MaxPool<B> {
    /// A layer for images of one shape.
    pub fn new(image: ImageShape) -> Self {
        Self { image: [image.channels, image.height, image.width], backend: PhantomData }
    }

    pub(super) fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        // Columns first, as below: autodiff gives the derivative to the first of equal values in each step.
        let [channels, height, width] = self.image;
        let n = input.dims()[0];
        let pairs = n * channels * (height / 2);
        let columns = input.reshape([pairs * width, 2]).max_dim(1);
        columns.reshape([pairs, 2, width / 2]).max_dim(1).reshape([n, self.n_outputs()])
    }

    /// The pixels that win: the largest of their four, all of them where several are equal within rounding.
    pub(super) fn pattern(&self, input: &Tensor<B, 2>) -> Vec<Mask<B>> {
        let [channels, height, width] = self.image;
        let shape = input.dims();
        let pairs = shape[0] * channels * (height / 2);
        let largest = self.forward(input.clone()).reshape([pairs, 1, width / 2, 1]);
        let largest = largest.expand([pairs, 2, width / 2, 2]).reshape(shape);
        vec![input.clone().greater_equal(largest - rounding(input))]
    }

    /// Keeps which pixel of each pair won.
    pub(super) fn differentiate(&self, input: Tensor<B, 2>) -> (Tensor<B, 2>, Backward<'_, B>) {
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

    fn n_outputs(&self) -> usize {
        self.image.iter().product::<usize>() / 4
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

/// Half of the columns from `start` on, in one piece: what compares views takes longer than the copy.
fn half<B: Backend>(rows: &Tensor<B, 2>, start: usize) -> Tensor<B, 2> {
    let [n, width] = rows.dims();
    rows.clone().narrow(1, start, width / 2).reshape([-1]).reshape([n, width / 2])
}

/// The pixels in even and those in odd columns, `[1, ..]` each. By a transposition, for which backends
/// have quick copies: pixel by pixel it takes several times as long.
fn deal<B: Backend>(rows: Tensor<B, 2>) -> (Tensor<B, 2>, Tensor<B, 2>) {
    let half = rows.dims().iter().product::<usize>() / 2;
    let dealt = rows.reshape([half, 2]).transpose().reshape([2, half]);
    (dealt.clone().narrow(0, 0, 1), dealt.narrow(0, 1, 1))
}

/// What [`deal`] takes apart, `[.., 2]`.
fn interleave<B: Backend>(even: Tensor<B, 2>, odd: Tensor<B, 2>) -> Tensor<B, 2> {
    Tensor::cat(vec![even, odd], 0).transpose()
}
