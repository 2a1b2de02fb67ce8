//! What pictures show of a run that is not in its directory, or must be computed.

use emberlab_data::{Features, Splits};
use emberlab_models::NamedTensor;

/// A trained network. A crate that has a device implements it.
pub trait TrainedNetwork {
    /// Its weights.
    fn tensors(&self) -> Vec<NamedTensor>;

    /// The class predicted for each sample, and the probabilities `[n, n_classes]`, row after row.
    fn predict(&self, features: &Features) -> (Vec<usize>, Vec<f64>);
}

/// What comes from outside the run's directory. Figures that need what is missing are left out.
#[derive(Default)]
pub struct Computed {
    /// The network with the run's weights.
    pub network: Option<Box<dyn TrainedNetwork>>,
    /// The samples that the run was trained on.
    pub splits: Option<Splits>,
    /// The learning rate of some updates, each with the number of its update.
    pub learning_rates: Vec<(f64, f64)>,
}
