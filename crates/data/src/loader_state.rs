//! The position of a data loader, as checkpoints store it.

use crate::random_state::RandomState;
use serde::{Deserialize, Serialize};

/// The position of a data loader within its epoch. A loader of the same samples can resume from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoaderState {
    /// The generator of the epoch's order, before it drew that order.
    pub(crate) shuffle: Option<RandomState>,
    /// The generator of the next batch's augmentation.
    pub(crate) augment: Option<RandomState>,
    /// Batches that the loader has returned in this epoch.
    pub(crate) n_batches: usize,
}
