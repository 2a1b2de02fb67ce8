//! The shapes of a convolution.

use crate::planes::Planes;

/// A convolution of images of one shape.
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
    /// Pixels from one position of the filters to the next, at least 1.
    pub stride: usize,
    /// Zeros above and to the left, and below and to the right of the images; fewer than `size`.
    pub padding: [usize; 2],
}

impl Convolution {
    /// Height and width of the output.
    pub fn positions(&self) -> [usize; 2] {
        self.image.map(|side| {
            (side + self.padding[0] + self.padding[1] + self.stride).saturating_sub(self.size) / self.stride
        })
    }

    pub(super) fn n_weights(&self) -> usize {
        self.n_filters * self.channels * self.size * self.size
    }

    pub(super) fn n_inputs(&self) -> usize {
        self.channels * self.image[0] * self.image[1]
    }

    pub(super) fn n_outputs(&self) -> usize {
        let [rows, columns] = self.positions();
        self.n_filters * rows * columns
    }

    /// The number of images.
    pub(super) fn n_images(&self, images: &[f32]) -> usize {
        let n = images.len() / self.n_inputs().max(1);
        assert_eq!(n * self.n_inputs(), images.len(), "the images have another shape");
        n
    }

    pub(super) fn planes(&self, slack: usize) -> Planes {
        let [height, width] = self.image;
        let [before, after] = self.padding;
        Planes::new(height, width, before, after, slack)
    }

    /// Positions from the first to the last one of an image at a stride of 1, those at the ends of rows included.
    pub(super) fn n_positions(&self, planes: Planes) -> usize {
        let [rows, columns] = self.positions();
        rows.saturating_sub(1) * planes.stride + columns
    }
}
