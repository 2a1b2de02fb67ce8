//! The shape of the data that a model must fit.

use emberlab_data::{ImageShape, LabelledData};

/// The shape of samples and labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataShape {
    /// Numbers per sample.
    pub n_features: usize,
    /// The shape of the samples, where they are images.
    pub image: Option<ImageShape>,
    /// Number of classes.
    pub n_classes: usize,
}

impl DataShape {
    /// The shape of samples that were read.
    pub fn of(samples: &LabelledData) -> Self {
        Self {
            n_features: samples.n_features(),
            image: samples.features.image(),
            n_classes: samples.n_classes(),
        }
    }
}
