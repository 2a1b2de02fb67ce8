//! The program around a training: what it is shown by, and what stops it.

use crate::error::Error;
use crate::learner::SilentRenderer;
use crate::stop::StopSignal;
use burn::train::renderer::MetricsRenderer;
use emberlab_config::{ScoreName, TrainingConfig};
use emberlab_data::{NoProgress, Progress};
use emberlab_run::RunRecord;
use std::path::Path;

/// What a training tells the program around it, and asks of it. Every method but the last two has a default that does
/// nothing; [`QuietHost`] is all defaults.
pub trait Host: Send + Sync {
    /// Receives warnings.
    fn warn(&self, _message: &str) {}

    /// Called when the run's place is taken, before anything that may take long.
    ///
    /// # Errors
    ///
    /// Any that should end the run before it begins.
    fn open(&self, _name: &str) -> Result<(), Error> {
        Ok(())
    }

    /// Receives what the training does from now on, such as `reading data`.
    fn phase(&self, _phase: &str) {}

    /// Receives the record of the run when its directory has been created.
    fn announce(&self, _record: &RunRecord, _run: &Path) {}

    /// Receives the best epoch so far.
    fn best(&self, _best: Option<BestEpoch>) {}

    /// Shows how far a task, such as reading data, has come.
    fn progress(&self) -> &dyn Progress {
        &NoProgress
    }

    /// Shows how far scoring the validation part has come, which happens between two updates.
    fn validation_progress(&self) -> &dyn Progress {
        &NoProgress
    }

    /// Shows the metrics while training.
    fn renderer(&self, _outline: &Outline<'_>) -> Box<dyn MetricsRenderer> {
        Box::new(SilentRenderer)
    }

    /// Whether the renderer shows the use of processor and memory.
    fn shows_system_metrics(&self) -> bool {
        false
    }

    /// What asks the training to stop.
    fn stop(&self) -> &StopSignal;

    /// Ends the program with an error that another thread found, as when a server is gone.
    fn give_up(&self, error: Error) -> !;
}

/// How long a training is.
#[derive(Clone, Copy, Debug)]
pub struct Outline<'a> {
    /// Updates of the whole run.
    pub updates: usize,
    /// Updates that earlier processes made.
    pub updates_before: usize,
    /// The numbers of each score, in order.
    pub scores: &'a [ScoreName],
    /// The run's `[training]`.
    pub training: &'a TrainingConfig,
    /// Whether there is a validation part.
    pub has_validation: bool,
}

/// The epoch with the best score so far.
#[derive(Clone, Debug, PartialEq)]
pub struct BestEpoch {
    /// The epoch, from 1.
    pub epoch: usize,
    /// Its score, as it is shown.
    pub score: String,
    /// Validations without a better score before training ends early.
    pub patience_left: Option<usize>,
}

/// A host that shows nothing.
#[derive(Clone, Debug, Default)]
pub struct QuietHost {
    stop: StopSignal,
}

impl Host for QuietHost {
    fn stop(&self) -> &StopSignal {
        &self.stop
    }

    fn give_up(&self, error: Error) -> ! {
        log::error!("{error}");
        std::process::exit(1)
    }
}
