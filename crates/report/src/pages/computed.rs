//! Values for pictures that are not in the run directory or must be computed.

use emberlab_data::{Features, ImageShape, Splits};
use emberlab_models::NamedTensor;

/// A trained network. The crate that owns the device implements it.
pub trait TrainedNetwork {
    /// Its weights.
    fn tensors(&self) -> Vec<NamedTensor>;

    /// The predicted class of each of the `n` samples, and the probabilities `[n, n_classes]`, row after row.
    fn predict(&self, features: &Features) -> (Vec<usize>, Vec<f64>);

    /// The maps of the first convolution after its activation; `None` for a network that does not begin with one.
    fn feature_maps(&self, features: &Features) -> Option<FeatureMaps>;
}

/// What each filter of a convolution makes of images.
#[derive(Clone, Debug)]
pub struct FeatureMaps {
    /// The shape of an image's maps; the channels are the filters.
    pub shape: ImageShape,
    /// `[n, filters, height, width]`, row after row.
    pub values: Vec<f32>,
}

/// Values from outside the run directory. Figures that need a missing one are left out.
#[derive(Default)]
pub struct Computed {
    /// The network with the run's weights.
    pub network: Option<Box<dyn TrainedNetwork>>,
    /// The weights before the first update, if they are known.
    pub initial_tensors: Option<Vec<NamedTensor>>,
    /// The samples that the run was trained on.
    pub splits: Option<Splits>,
    /// The learning rate of some updates, as pairs of update and rate.
    pub learning_rates: Vec<(f64, f64)>,
}
