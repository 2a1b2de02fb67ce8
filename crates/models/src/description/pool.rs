//! The kinds of pooling.

use super::LayerSpec;
use emberlab_data::ImageShape;

/// The function by which a pooling layer reduces each two by two pixels to one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pool {
    /// The largest.
    #[default]
    Max,
    /// The mean.
    Average,
}

impl Pool {
    /// The layer for images of one shape.
    pub fn layer(self, image: ImageShape) -> LayerSpec {
        match self {
            Self::Max => LayerSpec::MaxPool(image),
            Self::Average => LayerSpec::AveragePool(image),
        }
    }
}
