//! Convolutions.
//!
//! Sums of products over the pixels under a filter are held in registers for several positions and filters at a time, so that each
//! number that is read is used several times. The vectors of the processor hold neighbouring positions (`position_vectors`)
//! or the same position of several filters (`filter_vectors`). With many channels, filters of 3 × 3 are computed in tiles with fewer
//! products (`winograd`).

mod channels_last;
mod filter_vectors;
mod geometry;
mod position_vectors;
mod weights;
mod winograd;

pub use geometry::Convolution;

use crate::channel_sums::{Shape, channel_sums};
use filter_vectors::{FilterSums, Pass};
use std::borrow::Cow;

/// Positions of a row from which on vectors hold positions: of shorter rows more than a tenth of the sums would be left out.
const MIN_COLUMNS: usize = 24;

impl Convolution {
    /// `Z [n, c', h', w']` of images `X [n, c, h, w]`, filters `W [c', c, k, k]` and a bias `[c']`.
    ///
    /// # Panics
    ///
    /// When a slice does not have the length of its shape.
    pub fn forward(&self, images: &[f32], weight: &[f32], bias: Option<&[f32]>) -> Vec<f32> {
        assert_eq!(weight.len(), self.n_weights(), "the filters have another shape");
        assert!(bias.is_none_or(|bias| bias.len() == self.n_filters), "the bias has another shape");
        if self.n_images(images) * self.n_outputs() == 0 {
            return Vec::new();
        }
        let [rows, columns] = self.positions();
        if winograd::suits_output(self) {
            return winograd::convolve(self, images, weight, bias);
        }
        if self.stride == 1 && columns >= MIN_COLUMNS {
            return position_vectors::convolve(self, images, weight, bias);
        }
        let padded_width = self.image[1] + self.padding[0] + self.padding[1];
        let start = |row: usize, column: usize| (row * padded_width + column) * self.stride;
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let sums = FilterSums {
            channels: self.channels,
            image: self.image,
            before: self.padding[0],
            after: [self.padding[1]; 2],
            n_filters: self.n_filters,
            n_pixels: rows * columns,
            passes: vec![Pass {
                taps: square(self.size, padded_width),
                positions: places.map(|(row, column)| (start(row, column), row * columns + column)).collect(),
                weight: Cow::Borrowed(weight),
            }],
        };
        sums.of(images, bias)
    }

    /// `∂J/∂X` of `∂J/∂Z [n, c', h', w']`: at a stride of 1 the convolution by the filters, rotated by 180° and with input and output
    /// channels swapped.
    ///
    /// # Panics
    ///
    /// When a slice does not have the length of its shape.
    pub fn grad_input(&self, grad: &[f32], weight: &[f32]) -> Vec<f32> {
        assert_eq!(weight.len(), self.n_weights(), "the filters have another shape");
        let &Self { channels, n_filters, size, stride, padding, .. } = self;
        if stride > 1 {
            return self.grad_input_of_strides(grad, weight);
        }
        let turned = self.turned(weight, |tap| size * size - 1 - tap, size * size);
        let back = Self {
            channels: n_filters,
            image: self.positions(),
            n_filters: channels,
            size,
            stride,
            padding: padding.map(|zeros| size - 1 - zeros),
        };
        back.forward(grad, &turned, None)
    }

    /// Under a pixel, filters have the rows and columns `r`, `r + s`, `r + 2s`, …, where `r` is the distance of the pixel from the
    /// last position before it: one pass for each `r` of rows and of columns.
    fn grad_input_of_strides(&self, grad: &[f32], weight: &[f32]) -> Vec<f32> {
        let &Self { image, size, stride, padding, .. } = self;
        let positions = self.positions();
        // Positions before the image that reach into it, and positions that there would be at the end of it.
        let before = (size - 1) / stride;
        let after =
            [0, 1].map(|side| ((image[side] + padding[0] - 1) / stride + 1).saturating_sub(positions[side]));
        let padded_width = positions[1] + before + after[1];
        let passes = (0..stride * stride)
            .filter_map(|pass| self.pass_under(pass / stride, pass % stride, before, padded_width, weight));
        let sums = FilterSums {
            channels: self.n_filters,
            image: positions,
            before,
            after,
            n_filters: self.channels,
            n_pixels: image[0] * image[1],
            passes: passes.collect(),
        };
        sums.of(grad, None)
    }

    /// The pass for the pixels at the distances `row` and `column` from the last position before them; `None` where there are no pixels
    /// or no filter reaches.
    fn pass_under(
        &self,
        row: usize,
        column: usize,
        before: usize,
        padded_width: usize,
        weight: &[f32],
    ) -> Option<Pass<'static>> {
        let &Self { image: [height, width], size, stride, padding, .. } = self;
        if row >= size || column >= size {
            return None;
        }
        // The farthest position that reaches a pixel, in positions before the last one.
        let [rows, columns] = [row, column].map(|first| (size - 1 - first) / stride);
        let under = |side: usize, distance: usize| {
            (0..side).filter(move |pixel| (pixel + padding[0]) % stride == distance)
        };
        let first = |pixel: usize, farthest: usize| (pixel + padding[0]) / stride + before - farthest;
        let positions: Vec<(usize, usize)> = under(height, row)
            .flat_map(|y| under(width, column).map(move |x| (y, x)))
            .map(|(y, x)| (first(y, rows) * padded_width + first(x, columns), y * width + x))
            .collect();
        let taps: Vec<(usize, usize)> =
            (0..=rows).flat_map(|row| (0..=columns).map(move |column| (row, column))).collect();
        let own = |tap: usize| {
            let (u, v) = taps[tap];
            (row + (rows - u) * stride) * size + column + (columns - v) * stride
        };
        (!positions.is_empty()).then(|| Pass {
            taps: taps.iter().map(|(u, v)| u * padded_width + v).collect(),
            positions,
            weight: Cow::Owned(self.turned(weight, own, taps.len())),
        })
    }

    /// The filters `[c, c', taps]` with input and output channels swapped, of which each tap is that of `own`.
    fn turned(&self, weight: &[f32], own: impl Fn(usize) -> usize, n_taps: usize) -> Vec<f32> {
        let mut turned = vec![0.0; self.channels * self.n_filters * n_taps];
        for (index, filter) in weight.chunks_exact((self.size * self.size).max(1)).enumerate() {
            let (o, c) = (index / self.channels, index % self.channels);
            let turned = &mut turned[(c * self.n_filters + o) * n_taps..][..n_taps];
            turned.iter_mut().enumerate().for_each(|(tap, turned)| *turned = filter[own(tap)]);
        }
        turned
    }

    /// `∂J/∂W [c', c, k, k]` of images `X [n, c, h, w]` and `∂J/∂Z [n, c', h', w']`.
    ///
    /// # Panics
    ///
    /// When a slice does not have the length of its shape.
    pub fn grad_weight(&self, images: &[f32], grad: &[f32]) -> Vec<f32> {
        let n = self.n_images(images);
        assert_eq!(grad.len(), n * self.n_outputs(), "the gradient has another shape");
        if images.is_empty() || grad.is_empty() {
            return vec![0.0; self.n_weights()];
        }
        if winograd::suits_gradient(self) {
            winograd::gradient(self, images, grad)
        } else {
            weights::gradient(self, images, grad)
        }
    }

    /// `∂J/∂b [c']` of `∂J/∂Z [n, c', h', w']`.
    ///
    /// # Panics
    ///
    /// When the slice does not have the length of its shape.
    pub fn grad_bias(&self, grad: &[f32]) -> Vec<f32> {
        let [rows, columns] = self.positions();
        let [sums, _] = channel_sums(
            Shape { channels: self.n_filters, pixels: rows * columns },
            grad,
            grad,
            #[inline(always)]
            |grad, _| (grad, 0.0),
        );
        sums.into_iter().map(|sum| sum as f32).collect()
    }
}

/// The distance of each pixel of a square from the first one, in an image of `width` pixels.
fn square(size: usize, width: usize) -> Vec<usize> {
    (0..size).flat_map(|row| (0..size).map(move |column| row * width + column)).collect()
}
