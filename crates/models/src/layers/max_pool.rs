//! Max-pooling: the largest of each two by two pixels. Height and width are even.
//!
//! The largest of four is found in two steps, of each pair of rows and then of each pair of columns.
//! For one pair, `out = max(a, b)`; with `g = ∂J/∂out`, `∂J/∂a = g` where `a >= b`, else 0, and
//! `∂J/∂b` the other way round, so that of two equal pixels the first takes it all.

use super::{Backward, InputGradient};
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

/// The first of each pair was at least as large, `[.., 1, ..]`.
type FirstWon<B> = Tensor<B, 3, Bool>;

impl<B: Backend> MaxPool<B> {
    /// A layer for images of one shape.
    pub fn new(image: ImageShape) -> Self {
        Self { image: [image.channels, image.height, image.width], backend: PhantomData }
    }

    pub(super) fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        let n = input.dims()[0];
        let rows = self.row_pairs(input).max_dim(1);
        self.column_pairs(rows).max_dim(2).reshape([n, self.n_outputs()])
    }

    /// Keeps which pixel of each pair won.
    pub(super) fn differentiate(&self, input: Tensor<B, 2>) -> (Tensor<B, 2>, Backward<'_, B>) {
        let n = input.dims()[0];
        let (rows, row_won) = larger(self.row_pairs(input), 1);
        let (pixels, column_won) = larger(self.column_pairs(rows), 2);
        let output = pixels.reshape([n, self.n_outputs()]);
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, _: &mut _| {
            wanted.when_wanted(|| {
                let [channels, height, width] = self.image;
                let pairs = n * channels * (height / 2);
                let columns = share(grad.reshape([pairs, width / 2, 1]), column_won, 2);
                let rows = share(columns.reshape([pairs, 1, width]), row_won, 1);
                rows.reshape([n, channels * height * width])
            })
        };
        (output, Box::new(backward))
    }

    fn n_outputs(&self) -> usize {
        self.image.iter().product::<usize>() / 4
    }

    /// `[n c h/2, 2, w]`.
    fn row_pairs(&self, input: Tensor<B, 2>) -> Tensor<B, 3> {
        let [channels, height, width] = self.image;
        let n = input.dims()[0];
        input.reshape([n * channels * (height / 2), 2, width])
    }

    /// `[n c h/2, w/2, 2]`.
    fn column_pairs(&self, rows: Tensor<B, 3>) -> Tensor<B, 3> {
        let [pairs, _, width] = rows.dims();
        rows.reshape([pairs, width / 2, 2])
    }
}

/// The larger of each pair along a dimension of 2, and whether it was the first.
fn larger<B: Backend>(pairs: Tensor<B, 3>, dim: usize) -> (Tensor<B, 3>, FirstWon<B>) {
    let (first, second) = (pairs.clone().narrow(dim, 0, 1), pairs.narrow(dim, 1, 1));
    let first_won = first.clone().greater_equal(second.clone());
    (second.mask_where(first_won.clone(), first), first_won)
}

/// Gives each value to the first or the second of its pair.
fn share<B: Backend>(grad: Tensor<B, 3>, first_won: FirstWon<B>, dim: usize) -> Tensor<B, 3> {
    let first = grad.clone().mask_fill(first_won.clone().bool_not(), 0.0);
    let second = grad.mask_fill(first_won, 0.0);
    Tensor::cat(vec![first, second], dim)
}
