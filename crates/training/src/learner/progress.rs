//! How far a training came.

use super::checkpointing::Checkpointing;
use super::histograms::Histograms;
use super::history::History;
use super::selection::{Selected, Selection};
use crate::devices::Backend;
use crate::error::Error;
use emberlab_models::{Classifier, ScoreMean};
use emberlab_run::DeviceReads;
use emberlab_run::Recorder;

/// How far a training came.
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
    /// Whether it ended because the validation score no longer got better.
    pub stopped_early: bool,
    /// What became no number, where the weights are those from before it.
    pub diverged: Option<String>,
    /// The epoch whose weights are the run's, where there is a validation part to choose it by.
    pub selected: Option<Selected>,
    /// How often this process waited for the device.
    pub reads: DeviceReads,
}

/// What the update loop is given and leaves behind; Burn's interface has no place for it.
pub struct Shared<O> {
    pub recorder: Recorder,
    pub histograms: Histograms,
    pub progress: Progress,
    pub selection: Selection,
    pub checkpointing: Checkpointing<O>,
    /// The epoch to begin or to go on with.
    pub first_epoch: usize,
    /// The part of it that an earlier process saw.
    pub pass: ScoreMean,
    /// The weights to end with, where they are neither the last nor those that the validation part chose.
    pub restored: Option<Classifier<Backend>>,
    pub failure: Option<Error>,
}
