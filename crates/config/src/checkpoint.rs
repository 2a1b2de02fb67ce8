//! `[training.checkpoint]`: when checkpoints are written.

use super::key::key;
use super::rule::{count, positive};
use super::section::Section;

/// When checkpoints are written, in addition to the one at the end of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CheckpointConfig {
    /// Minutes from one to the next.
    pub every_minutes: f64,
    /// Epochs from one to the next, in addition.
    pub every_epochs: Option<usize>,
    /// How many are kept.
    pub keep: usize,
}

impl CheckpointConfig {
    pub(super) fn keys(mut section: Section<'_>, written: Option<&Self>) -> Self {
        let every_minutes = key("every_minutes", positive(), "minutes between checkpoints");
        let every_minutes =
            section.value(every_minutes, 5.0, written.map(|checkpoint| checkpoint.every_minutes));
        let every_epochs = key("every_epochs", count(1), "epochs between checkpoints, in addition");
        let every_epochs =
            section.optional(every_epochs, written.and_then(|checkpoint| checkpoint.every_epochs));
        let keep = key("keep", count(1), "number of checkpoints to keep, the newest");
        let keep = section.value(keep, 2, written.map(|checkpoint| checkpoint.keep));
        section.finish();
        Self { every_minutes, every_epochs, keep }
    }
}
