//! Convolutions at a stride of 1.
//!
//! An image with zeros around it, `w'` pixels wide, is a plane of numbers. The pixel under row `u` and column `v` of a filter at
//! position `p` of the plane is number `p + u w' + v`, so a whole vector of positions is read from one place, without
//! gathering windows:
//!
//! `z[o][p] = b[o] + Σ_{c,u,v} W[o,c,u,v] x[c][p + u w' + v]`.
//!
//! The positions at the end of each row, whose windows would begin within the zeros, are computed too and left out. Sums of
//! several filters and vectors stay in registers (`tile`), so each number that is read is used several times.

mod filters;
mod weights;

use crate::planes::Planes;

/// A convolution of images of one shape at a stride of 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    /// Channels of the images.
    pub channels: usize,
    /// Height and width of the images.
    pub image: [usize; 2],
    /// Channels of the output.
    pub n_filters: usize,
    /// Height and width of the filters.
    pub size: usize,
    /// Zeros above and to the left, and below and to the right of the images; fewer than `size`.
    pub padding: [usize; 2],
}

/// Vectors of positions whose sums are in registers at a time.
const VECTORS: usize = 3;
/// The widest vectors of a processor, in numbers.
const WIDEST: usize = 16;

impl Convolution {
    /// Height and width of the output.
    pub fn positions(&self) -> [usize; 2] {
        self.image.map(|side| (side + self.padding[0] + self.padding[1] + 1).saturating_sub(self.size))
    }

    /// `Z [n, c', h', w']` of images `X [n, c, h, w]`, filters `W [c', c, k, k]` and a bias `[c']`.
    ///
    /// # Panics
    ///
    /// When a slice has not the length of its shape.
    pub fn forward(&self, images: &[f32], weight: &[f32], bias: Option<&[f32]>) -> Vec<f32> {
        assert_eq!(weight.len(), self.n_weights(), "the filters have another shape");
        assert!(bias.is_none_or(|bias| bias.len() == self.n_filters), "the bias has another shape");
        filters::convolve(self, images, weight, bias)
    }

    /// `∂J/∂X` of `∂J/∂Z [n, c', h', w']`: the convolution by the filters, rotated by 180° and with input and output channels
    /// swapped.
    ///
    /// # Panics
    ///
    /// When a slice has not the length of its shape.
    pub fn grad_input(&self, grad: &[f32], weight: &[f32]) -> Vec<f32> {
        assert_eq!(weight.len(), self.n_weights(), "the filters have another shape");
        let &Self { channels, n_filters, size, padding, .. } = self;
        let taps = size * size;
        let mut turned = vec![0.0; weight.len()];
        for (index, filter) in weight.chunks_exact(taps.max(1)).enumerate() {
            let (o, c) = (index / channels, index % channels);
            let turned = &mut turned[(c * n_filters + o) * taps..][..taps];
            turned.iter_mut().zip(filter.iter().rev()).for_each(|(turned, value)| *turned = *value);
        }
        let back = Self {
            channels: n_filters,
            image: self.positions(),
            n_filters: channels,
            size,
            padding: padding.map(|zeros| size - 1 - zeros),
        };
        filters::convolve(&back, grad, &turned, None)
    }

    /// `∂J/∂W [c', c, k, k]` of images `X [n, c, h, w]` and `∂J/∂Z [n, c', h', w']`.
    ///
    /// # Panics
    ///
    /// When a slice has not the length of its shape.
    pub fn grad_weight(&self, images: &[f32], grad: &[f32]) -> Vec<f32> {
        weights::gradient(self, images, grad)
    }

    fn n_weights(&self) -> usize {
        self.n_filters * self.channels * self.size * self.size
    }

    fn n_inputs(&self) -> usize {
        self.channels * self.image[0] * self.image[1]
    }

    fn n_outputs(&self) -> usize {
        let [rows, columns] = self.positions();
        self.n_filters * rows * columns
    }

    /// The number of images.
    fn n_images(&self, images: &[f32]) -> usize {
        let n = images.len() / self.n_inputs().max(1);
        assert_eq!(n * self.n_inputs(), images.len(), "the images have another shape");
        n
    }

    fn planes(&self) -> Planes {
        let [height, width] = self.image;
        let [before, after] = self.padding;
        Planes::new(height, width, before, after, VECTORS * WIDEST)
    }

    /// For each pixel under a filter, its distance from the position of the filter.
    fn taps(&self, planes: Planes) -> Vec<usize> {
        (0..self.size)
            .flat_map(|row| (0..self.size).map(move |column| row * planes.stride + column))
            .collect()
    }

    /// Positions from the first to the last one of an image, those at the ends of rows included.
    fn n_positions(&self, planes: Planes) -> usize {
        let [rows, columns] = self.positions();
        rows.saturating_sub(1) * planes.stride + columns
    }
}
