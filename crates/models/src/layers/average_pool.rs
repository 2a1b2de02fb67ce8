//! Average pooling: the mean of the pixels under each position of a window. Rows and columns that no position reaches are left
//! out.
//!
//! For the `m` pixels `x₁ … xₘ` under a position, `out = (x₁ + … + xₘ) / m`; with `g = ∂J/∂out`, `∂J/∂xᵢ = g / m` for each of
//! them, and for a pixel under several positions the sum of these. There is no kink.

use super::windows::{Windows, add};
use super::{InputGradient, Layer, LayerVisitor, Path, TrainingPass, WithBackward};
use crate::description::{Precision, Window};
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use emberlab_data::ImageShape;
use std::marker::PhantomData;

/// An average-pooling layer. It has no parameters.
#[derive(Module, Debug)]
pub struct AveragePool<B: Backend> {
    windows: Windows,
    backend: PhantomData<B>,
}

impl<B: Backend> AveragePool<B> {
    /// A layer for images of one shape, which have room for the window.
    pub fn new(image: ImageShape, window: Window) -> Self {
        Self { windows: Windows::new(image, window), backend: PhantomData }
    }

    /// The share of each pixel under a position. It is multiplied by: Burn 0.21 differentiates a division by a number in single
    /// precision.
    fn share(&self) -> f64 {
        1.0 / (self.windows.window.size * self.windows.window.size) as f64
    }

    /// The sum under each position of windows that tile the images, columns first.
    fn sum_of_tiles(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        let n = input.dims()[0];
        let Windows { channels, rows, columns, window, .. } = self.windows;
        let pixels = self.windows.covered(input);
        let rows_of_tiles = n * channels * rows;
        let sums = pixels.reshape([rows_of_tiles * window.size * columns, window.size]).sum_dim(1);
        let sums = sums.reshape([rows_of_tiles, window.size, columns]).sum_dim(1);
        sums.reshape([n, self.windows.n_outputs()])
    }

    /// Gives each pixel its share, `[n, n_outputs]`.
    fn spread(&self, share: Tensor<B, 2>) -> Tensor<B, 2> {
        let n = share.dims()[0];
        let Windows { channels, height, width, rows, columns, window } = self.windows;
        if self.windows.tile() {
            let tiles = [n * channels * rows, window.size, columns, window.size];
            let covered = share.reshape([n * channels * rows, 1, columns, 1]).expand(tiles);
            return self.windows.uncovered(covered.reshape([tiles[0] * tiles[1], tiles[2] * tiles[3]]));
        }
        let share = share.reshape([n, channels, rows, columns]);
        let zeros = Tensor::zeros([n, channels, height, width], (&share.device(), share.dtype()));
        let sums = self.windows.slices().fold(zeros, |sums, slices| add(sums, slices, share.clone()));
        sums.reshape([n, channels * height * width])
    }
}

impl<B: Backend> Layer<B> for AveragePool<B> {
    fn group(&self) -> &'static str {
        "pools"
    }

    fn accept(&self, _path: &Path<'_>, _visitor: &mut impl LayerVisitor<B>) {}

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        if self.windows.tile() {
            return self.sum_of_tiles(input).mul_scalar(self.share());
        }
        let n = input.dims()[0];
        let images = self.windows.images(input);
        let pixels = self.windows.slices().map(|slices| images.clone().slice(slices));
        let sums = pixels.reduce(|sum, pixels| sum + pixels).unwrap_or(images);
        sums.reshape([n, self.windows.n_outputs()]).mul_scalar(self.share())
    }

    fn forward_training(&self, input: Tensor<B, 2>, _pass: &mut TrainingPass) -> Tensor<B, 2> {
        self.forward(input)
    }

    fn differentiate(&self, input: Tensor<B, 2>, _precision: Precision) -> WithBackward<'_, B> {
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, _: &mut _| {
            wanted.when_wanted(|| self.spread(grad.mul_scalar(self.share())))
        };
        (self.forward(input), Box::new(backward))
    }
}
