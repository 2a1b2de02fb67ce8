//! The program around a training: it shows the training and can stop it.
//!
//! A [`Host`] receives everything that a training has to say. Only [`stop`](Host::stop) and [`heartbeat`](Host::heartbeat)
//! must be written; the other methods show nothing unless they are. The command line's host draws a dashboard; this one prints
//! warnings, phases and the best epoch:
//!
//! ```
//! use emberlab_config::Config;
//! use emberlab_run::Existing;
//! use emberlab_training::StopSignal;
//! use emberlab_training::devices::Heartbeat;
//! use emberlab_training::host::{BestEpoch, Host};
//! use emberlab_training::train::{TrainOptions, train};
//! use std::{path::Path, sync::Arc};
//!
//! #[derive(Default)]
//! struct PrintingHost {
//!     stop: StopSignal,
//!     heartbeat: Heartbeat,
//! }
//!
//! impl Host for PrintingHost {
//!     fn warn(&self, message: &str) {
//!         eprintln!("warning: {message}");
//!     }
//!     fn phase(&self, phase: &str) {
//!         println!("{phase}");
//!     }
//!     fn best(&self, best: Option<BestEpoch>) {
//!         best.iter().for_each(|best| println!("best: epoch {}, {}", best.epoch, best.score));
//!     }
//!     fn stop(&self) -> &StopSignal {
//!         &self.stop
//!     }
//!     fn heartbeat(&self) -> &Heartbeat {
//!         &self.heartbeat
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = r#"
//!     name = "linear"
//!     [data]
//!     source = "synthetic"
//!     [model]
//!     kind = "linear"
//!     [training]
//!     epochs = 3
//!     [training.optimizer]
//!     learning_rate = 0.1
//! "#;
//! let config = Config::parse(Path::new("linear.toml"), config, &[])?;
//! # let folder = tempfile::tempdir()?;
//! let options = TrainOptions {
//!     artifacts: "artifacts".into(),
//!     existing: Existing::Replace,
//!     wait: false,
//!     git_commit: "unknown".into(),
//! };
//! # let options = TrainOptions { artifacts: folder.path().to_owned(), ..options };
//! let host: Arc<dyn Host> = Arc::new(PrintingHost::default());
//! let report = train(&config, &options, &host)?;
//! assert!(report.run.join("metrics.csv").is_file());
//! # Ok(())
//! # }
//! ```

use crate::devices::Heartbeat;
use crate::error::Error;
use crate::silent::SilentRenderer;
use crate::stop::StopSignal;
use burn::train::renderer::MetricsRenderer;
use emberlab_config::{ScoreName, TrainingConfig};
use emberlab_data::{NoProgress, Progress};
use emberlab_run::RunRecord;
use std::path::Path;
use std::sync::Arc;

/// The program around one training. All methods but [`give_up`](Self::give_up) are called from the thread that trains.
pub trait Host: Send + Sync {
    /// Receives warnings, at any time.
    fn warn(&self, _message: &str) {}

    /// Called with the run's name when its place is locked, before data is read.
    ///
    /// # Errors
    ///
    /// Any that should end the run before it begins.
    fn open(&self, _name: &str) -> Result<(), Error> {
        Ok(())
    }

    /// Receives the name of each phase as it begins, such as `reading data`.
    fn phase(&self, _phase: &str) {}

    /// Shows the progress of reading data and of scoring the test part.
    fn progress(&self) -> &dyn Progress {
        &NoProgress
    }

    /// Receives the record of the run when its directory has been created.
    fn announce(&self, _record: &RunRecord, _run: &Path) {}

    /// The renderer that shows the metrics while training.
    fn renderer(&self, _outline: &Outline<'_>) -> Box<dyn MetricsRenderer> {
        Box::new(SilentRenderer)
    }

    /// Whether the renderer shows the use of processor and memory.
    fn shows_system_metrics(&self) -> bool {
        false
    }

    /// Receives the loss that each update minimised, of its batches before the update, when it has been read.
    fn loss(&self, _update: usize, _loss: f32) {}

    /// Receives the best epoch so far, after each epoch.
    fn best(&self, _best: Option<BestEpoch>) {}

    /// Shows the progress of scoring the validation part, which happens between two updates.
    fn validation_progress(&self) -> &dyn Progress {
        &NoProgress
    }

    /// The signal that stops the training.
    fn stop(&self) -> &StopSignal;

    /// Records that the training goes on. Where other machines compute, the run is given up when it falls silent.
    fn heartbeat(&self) -> &Heartbeat;

    /// Ends the program with an error that another thread found, such as a lost server. Logs the error and exits with
    /// code 1 by default.
    fn give_up(&self, error: Error) -> ! {
        log::error!("{error}");
        std::process::exit(1)
    }
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
    /// Validations that may still not improve before training ends early; nothing without early stopping.
    pub patience_left: Option<usize>,
}

/// A host that shows nothing.
#[derive(Clone, Debug, Default)]
pub struct QuietHost {
    stop: StopSignal,
    heartbeat: Heartbeat,
}

impl QuietHost {
    /// A host for one training.
    pub fn shared() -> Arc<dyn Host> {
        Arc::new(Self::default())
    }
}

impl Host for QuietHost {
    fn stop(&self) -> &StopSignal {
        &self.stop
    }

    fn heartbeat(&self) -> &Heartbeat {
        &self.heartbeat
    }
}
