//! Max-pooling: the largest pixel under each position of a window. Rows and columns that no position reaches are left out.
//!
//! For two pixels, `out = max(a, b)`; with `g = ∂J/∂out`, `∂J/∂a = g` where `a >= b`, else 0, and `∂J/∂b` the other way
//! round. Of several, the first largest one takes it all; a pixel under several positions gets the sum.
//!
//! Windows of two by two pixels that do not overlap are computed in two steps, of each pair of columns and then of each pair of
//! rows, others pixel by pixel in reading order. Of equal pixels the first in reading order wins, as in PyTorch.

use super::windows::{Windows, add};
use super::{InputGradient, Layer, LayerVisitor, Path, TrainingPass, WithBackward};
use crate::description::{Precision, Window};
use crate::pattern::{Mask, rounding};
use burn::module::Module;
use burn::tensor::backend::Backend;
use burn::tensor::{Bool, Tensor};
use emberlab_data::ImageShape;
use emberlab_data::host::{HostTensor, tensor};
use emberlab_kernels::max_pool as kernels;
use std::marker::PhantomData;

/// A max-pooling layer. It has no parameters.
#[derive(Module, Debug)]
pub struct MaxPool<B: Backend> {
    windows: Windows,
    backend: PhantomData<B>,
}

/// Whether the first of each pair is at least as large.
type FirstWon<B> = Tensor<B, 2, Bool>;

impl<B: Backend> MaxPool<B> {
    /// A layer for images of one shape, which have room for the window.
    pub fn new(image: ImageShape, window: Window) -> Self {
        Self { windows: Windows::new(image, window), backend: PhantomData }
    }

    fn is_of_pairs(&self) -> bool {
        self.windows.tile() && self.windows.window.size == 2
    }

    /// The largest pixels under each position, all of them where several are equal within rounding: for each pixel of the
    /// window, whether it is one.
    fn winners(&self, input: &Tensor<B, 2>) -> Vec<Mask<B>> {
        let shape = [input.dims()[0], self.windows.n_outputs()];
        let largest = self.forward(input.clone());
        let images = self.windows.images(input.clone());
        let least = largest - rounding(input).slice([0..1, 0..1]).expand(shape);
        let pixels = self.windows.slices().map(|slices| images.clone().slice(slices).reshape(shape));
        pixels.map(|pixels| pixels.greater_equal(least.clone())).collect()
    }

    /// The kernel for this layer, unless the window is too large for it.
    fn kernel(&self) -> Option<kernels::MaxPool> {
        let Windows { height, width, window: Window { size, stride, .. }, .. } = self.windows;
        (size <= kernels::MaxPool::LARGEST).then_some(kernels::MaxPool {
            plane: [height, width],
            size,
            stride,
        })
    }

    /// The output and the derivative by kernels. Keeps which pixels won.
    pub(super) fn differentiate_on_host(&self, input: &Tensor<B, 2>) -> Option<WithBackward<'static, B>> {
        let (kernel, host) = (self.kernel()?, HostTensor::of(input)?);
        let (shape, device) = (input.dims(), input.device());
        let (largest, winners) = kernel.forward(host.values());
        let output = tensor(largest, [shape[0], self.windows.n_outputs()], &device);
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, _: &mut _| {
            let grad = wanted.when_wanted(|| HostTensor::of(&grad))??;
            Some(tensor(kernel.backward(grad.values(), &winners), shape, &device))
        };
        Some((output, Box::new(backward)))
    }

    /// Pairs of rows in a batch of `n` images, and the columns of a row.
    fn pairs(&self, n: usize) -> [usize; 2] {
        [n * self.windows.channels * self.windows.rows, 2 * self.windows.columns]
    }

    fn differentiate_pairs(&self, input: Tensor<B, 2>) -> WithBackward<'_, B> {
        let n = input.dims()[0];
        let [pairs, width] = self.pairs(n);
        let (left, right) = deal(self.windows.covered(input));
        let (columns, column_won) = larger(left, right);
        let rows = columns.reshape([pairs, width]);
        let (pixels, row_won) = larger(half(&rows, 0), half(&rows, width / 2));
        let output = pixels.reshape([n, self.windows.n_outputs()]);
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, _: &mut _| {
            wanted.when_wanted(|| {
                let (first, second) = share(grad.reshape([pairs, width / 2]), row_won);
                let rows = Tensor::cat(vec![first, second], 1).reshape([1, pairs * width]);
                let (left, right) = share(rows, column_won);
                self.windows.uncovered(interleave(left, right).reshape([2 * pairs, width]))
            })
        };
        (output, Box::new(backward))
    }

    fn differentiate_windows(&self, input: Tensor<B, 2>) -> WithBackward<'_, B> {
        let shape = input.dims();
        let images = self.windows.images(input);
        let mut pixels = self.windows.slices().map(|slices| images.clone().slice(slices));
        let mut largest = pixels.next().unwrap_or_else(|| images.clone());
        // For each further pixel, whether it is larger than all before it.
        let mut overtook = Vec::new();
        for pixel in pixels {
            let is_larger = pixel.clone().greater(largest.clone());
            largest = largest.mask_where(is_larger.clone(), pixel);
            overtook.push(is_larger);
        }
        let output = largest.reshape([shape[0], self.windows.n_outputs()]);
        let dims = images.dims();
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, _: &mut _| {
            wanted.when_wanted(|| {
                let Windows { channels, rows, columns, .. } = self.windows;
                let mut rest = grad.reshape([shape[0], channels, rows, columns]);
                let mut sums = Tensor::zeros(dims, (&rest.device(), rest.dtype()));
                let slices: Vec<_> = self.windows.slices().collect();
                // The last pixel that overtook the others won.
                for (slices, is_larger) in slices[1..].iter().zip(overtook).rev() {
                    let won = rest.clone().mask_fill(is_larger.clone().bool_not(), 0.0);
                    rest = rest.mask_fill(is_larger, 0.0);
                    sums = add(sums, *slices, won);
                }
                add(sums, slices[0], rest).reshape(shape)
            })
        };
        (output, Box::new(backward))
    }
}

impl<B: Backend> Layer<B> for MaxPool<B> {
    fn group(&self) -> &'static str {
        "pools"
    }

    fn accept(&self, _path: &Path<'_>, _visitor: &mut impl LayerVisitor<B>) {}

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        let (n, n_outputs) = (input.dims()[0], self.windows.n_outputs());
        if let (Some(kernel), Some(host)) = (self.kernel(), HostTensor::of(&input)) {
            return tensor(kernel.forward(host.values()).0, [n, n_outputs], &input.device());
        }
        if self.is_of_pairs() {
            // Columns first, as in `differentiate`: autodiff gives the derivative to the first of equal values in each step.
            let [pairs, width] = self.pairs(n);
            let columns = self.windows.covered(input).reshape([pairs * width, 2]).max_dim(1);
            return columns.reshape([pairs, 2, width / 2]).max_dim(1).reshape([n, n_outputs]);
        }
        let images = self.windows.images(input);
        let pixels = self.windows.slices().map(|slices| images.clone().slice(slices));
        let largest = pixels.reduce(|largest, pixel| {
            let is_larger = pixel.clone().greater(largest.clone());
            largest.mask_where(is_larger, pixel)
        });
        largest.unwrap_or(images).reshape([n, n_outputs])
    }

    /// Records the largest pixels.
    fn forward_training(&self, input: Tensor<B, 2>, pass: &mut TrainingPass) -> Tensor<B, 2> {
        pass.record(|| self.winners(&input));
        self.forward(input)
    }

    /// Keeps which pixels won.
    fn differentiate(&self, input: Tensor<B, 2>, _precision: Precision) -> WithBackward<'_, B> {
        if let Some(computed) = self.differentiate_on_host(&input) {
            return computed;
        }
        if self.is_of_pairs() { self.differentiate_pairs(input) } else { self.differentiate_windows(input) }
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
