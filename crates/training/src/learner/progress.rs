//! How far a training came.

use super::checkpointing::Checkpointing;
use super::recorder::Recorder;
use super::selection::{Selected, Selection};
use crate::error::Error;
use emberlab_models::{Score, ScoreMean};

/// How far a training came.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// The last epoch that was begun, from 1.
    pub epoch: usize,
    /// Updates made.
    pub updates: usize,
    /// The score over the last pass of the training part.
    pub last: Option<Score>,
    /// Seconds it took, over all processes that worked on it.
    pub seconds: f64,
    /// Whether the user stopped it.
    pub stopped: bool,
    /// Whether it ended because the validation score no longer got better.
    pub stopped_early: bool,
    /// The epoch whose weights are the run's, where there is a validation part to choose it by.
    pub selected: Option<Selected>,
}

/// What the update loop is given and leaves behind; Burn's interface has no place for it.
pub struct Shared<O> {
    pub recorder: Recorder,
    pub progress: Progress,
    pub selection: Selection,
    pub checkpointing: Checkpointing<O>,
    /// The epoch to begin or to go on with.
    pub first_epoch: usize,
    /// The part of it that an earlier process saw.
    pub pass: ScoreMean,
    pub failure: Option<Error>,
}
