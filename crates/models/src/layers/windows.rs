//! The pixels of images that lie under a window at each of its positions.

use crate::description::Window;
use burn::tensor::backend::Backend;
use burn::tensor::{Slice, Tensor};
use emberlab_data::ImageShape;

/// A window without padding over images of one shape, which have room for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Windows {
    pub channels: usize,
    pub height: usize,
    pub width: usize,
    pub window: Window,
    /// Positions down.
    pub rows: usize,
    /// Positions to the right.
    pub columns: usize,
}

impl Windows {
    pub fn new(image: ImageShape, window: Window) -> Self {
        let ImageShape { channels, height, width } = image;
        let (rows, columns) = window.positions(image).unwrap_or((0, 0));
        Self { channels, height, width, window, rows, columns }
    }

    /// Whether positions touch but do not overlap.
    pub fn tile(&self) -> bool {
        self.window.size == self.window.stride
    }

    /// Values per sample of the output.
    pub fn n_outputs(&self) -> usize {
        self.channels * self.rows * self.columns
    }

    /// `[n, c h w]` as `[n, c, h, w]`.
    pub fn images<B: Backend>(&self, input: Tensor<B, 2>) -> Tensor<B, 4> {
        let n = input.dims()[0];
        input.reshape([n, self.channels, self.height, self.width])
    }

    /// For each pixel of the window in reading order, the pixels of the images that lie under it, as slices of
    /// `[n, c, h, w]`; each has the shape `[n, c, rows, columns]`.
    pub fn slices(&self) -> impl Iterator<Item = [Slice; 4]> + use<> {
        let Self { window: Window { size, stride, .. }, rows, columns, .. } = *self;
        let along = move |offset: usize, positions: usize| {
            let end = offset + (positions.max(1) - 1) * stride + 1;
            Slice::new(offset as isize, Some(end as isize), stride as isize)
        };
        let offsets = (0..size).flat_map(move |row| (0..size).map(move |column| (row, column)));
        offsets.map(move |(row, column)| {
            [Slice::full(), Slice::full(), along(row, rows), along(column, columns)]
        })
    }

    /// The pixels that windows which tile the images cover, `[n c rows size, columns size]`.
    pub fn covered<B: Backend>(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        let n = input.dims()[0];
        let (height, width) = self.covered_size();
        let rows = n * self.channels * height;
        if (height, width) == (self.height, self.width) {
            return input.reshape([rows, width]);
        }
        self.images(input).narrow(2, 0, height).narrow(3, 0, width).reshape([rows, width])
    }

    /// The inverse of [`covered`](Self::covered), with zeros for pixels that no window covers: `[n, c h w]`.
    pub fn uncovered<B: Backend>(&self, covered: Tensor<B, 2>) -> Tensor<B, 2> {
        let (height, width) = self.covered_size();
        let n = covered.dims().iter().product::<usize>() / (self.channels * height * width).max(1);
        let n_inputs = self.channels * self.height * self.width;
        if (height, width) == (self.height, self.width) {
            return covered.reshape([n, n_inputs]);
        }
        let shape = [n, self.channels, self.height, self.width];
        let zeros = Tensor::zeros(shape, (&covered.device(), covered.dtype()));
        let covered = covered.reshape([n, self.channels, height, width]);
        zeros.slice_assign([0..n, 0..self.channels, 0..height, 0..width], covered).reshape([n, n_inputs])
    }

    fn covered_size(&self) -> (usize, usize) {
        (self.rows * self.window.size, self.columns * self.window.size)
    }
}

/// Adds values to the pixels under a slice.
pub(super) fn add<B: Backend>(sums: Tensor<B, 4>, slices: [Slice; 4], values: Tensor<B, 4>) -> Tensor<B, 4> {
    let before = sums.clone().slice(slices);
    sums.slice_assign(slices, before + values)
}
