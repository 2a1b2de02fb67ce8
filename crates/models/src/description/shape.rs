//! The shape of a sample between two layers.

use emberlab_data::ImageShape;
use std::fmt;

/// The shape of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A row of numbers.
    Features(usize),
    /// An image, or the outputs of filters.
    Image(ImageShape),
}

impl Shape {
    /// Values per sample.
    pub fn size(self) -> usize {
        match self {
            Self::Features(size) => size,
            Self::Image(ImageShape { channels, height, width }) => {
                channels.saturating_mul(height.saturating_mul(width))
            }
        }
    }

    /// Channels of an image; of a row of numbers, each number is one.
    pub fn channels(self) -> usize {
        match self {
            Self::Features(size) => size,
            Self::Image(image) => image.channels,
        }
    }
}

/// `64`, or `3 × 32 × 32`: channels, height and width.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Features(size) => write!(f, "{size}"),
            Self::Image(ImageShape { channels, height, width }) => {
                write!(f, "{channels} × {height} × {width}")
            }
        }
    }
}
