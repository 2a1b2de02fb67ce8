//! Values for pictures that are not in the run directory or must be computed.

use emberlab_data::{Features, Splits};
use emberlab_models::NamedTensor;

/// A trained network. The crate that owns the device implements it.
pub trait TrainedNetwork {
    /// Its weights.
    fn tensors(&self) -> Vec<NamedTensor>;

    /// The predicted class of each of the `n` samples, and the probabilities `[n, n_classes]`, row after row.
    fn predict(&self, features: &Features) -> (Vec<usize>, Vec<f64>);
}

/// Values from outside the run directory. Figures that need a missing one are left out.
#[derive(Default)]
pub struct Computed {
    /// The network with the run's weights.
    pub network: Option<Box<dyn TrainedNetwork>>,
    /// The samples that the run was trained on.
    pub splits: Option<Splits>,
    /// The learning rate of some updates, as pairs of update and rate.
    pub learning_rates: Vec<(f64, f64)>,
}
