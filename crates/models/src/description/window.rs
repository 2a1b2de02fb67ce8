//! The pixels under a filter or a pool as it moves over an image.

use emberlab_data::ImageShape;

/// A square window and its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Height and width in pixels, from 1.
    pub size: usize,
    /// Pixels from one position to the next, down and to the right, from 1.
    pub stride: usize,
    /// Zeros around the image.
    pub padding: Padding,
}

/// Rows and columns of zeros around an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Padding {
    /// Above and to the left.
    pub before: usize,
    /// Below and to the right.
    pub after: usize,
}

impl Padding {
    /// No zeros.
    pub const NONE: Self = Self { before: 0, after: 0 };

    /// As many zeros on each side.
    pub fn all_around(size: usize) -> Self {
        Self { before: size, after: size }
    }

    /// The zeros with which a window of a size and stride 1 keeps height and width, as PyTorch's `padding="same"`: of an odd
    /// number the larger half goes below and to the right.
    pub fn same(size: usize) -> Self {
        let total = size.saturating_sub(1);
        Self { before: total / 2, after: total - total / 2 }
    }

    /// Zeros in a row or column of an image.
    pub fn total(self) -> usize {
        self.before.saturating_add(self.after)
    }
}

impl Window {
    /// A window whose positions touch but do not overlap.
    pub fn tiling(size: usize) -> Self {
        Self { size, stride: size, padding: Padding::NONE }
    }

    /// The number of positions down and to the right: `⌊(s + padding - size) / stride⌋ + 1` for an image of `s` pixels; none
    /// for an image that is smaller than the window.
    pub fn positions(self, image: ImageShape) -> Option<(usize, usize)> {
        let along = |side: usize| {
            let room = side.saturating_add(self.padding.total()).checked_sub(self.size)?;
            room.checked_div(self.stride).map(|steps| steps + 1)
        };
        Some((along(image.height)?, along(image.width)?))
    }
}
