//! How far a training has come.

use crate::history::{History, Selected};
use emberlab_run::DeviceReads;

/// How far a training has come.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// The last epoch that was begun, from 1.
    pub epoch: usize,
    /// Updates made.
    pub updates: usize,
    /// The scores over passes of the training part.
    pub train: History,
    /// The scores on the validation part.
    pub validation: History,
    /// Seconds it took, over all processes that worked on it.
    pub seconds: f64,
    /// Whether the user stopped it.
    pub stopped: bool,
    /// Whether it ended because the validation score no longer improved.
    pub stopped_early: bool,
    /// The error of a training that diverged, where the weights are those from before it.
    pub diverged: Option<String>,
    /// The epoch whose weights are the run's, where there is a validation part to choose it by.
    pub selected: Option<Selected>,
    /// How often this process waited for the device.
    pub reads: DeviceReads,
}
