//! Errors of training and of using a trained run.

use crate::devices::DeviceError;
use emberlab_config::ConfigError;
use emberlab_data::DataError;
use emberlab_data::text::listed;
use emberlab_run::{Error as RunError, FileProblem};
use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A configuration that cannot work.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A run directory, or a file of it.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A run that cannot be resumed with this configuration.
    #[error("the run `{}` cannot go on: {reason}", run.display())]
    Resume {
        /// Its directory.
        run: PathBuf,
        /// What does not fit.
        reason: ResumeRefusal,
    },
    /// A schedule that Burn does not accept, with its reason.
    #[error("`training.schedule` cannot be kept: {0}")]
    Schedule(String),
    /// A gradient check that takes more memory than there is.
    #[error(
        "gradcheck of a network of {n_parameters} weights on {n_samples} samples takes about {} of memory, {} are free; \
         make the network smaller, or take fewer `--samples`",
        gigabytes(*needed), gigabytes(*available)
    )]
    Memory {
        /// Weights of the network.
        n_parameters: usize,
        /// Samples of the batch.
        n_samples: usize,
        /// Bytes that the check takes.
        needed: u64,
        /// Bytes that are free.
        available: u64,
    },
    /// Data that is missing or damaged.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A loss or a weight that became NaN or infinite.
    #[error(
        "{what} at update {iteration}, with learning rate {learning_rate}; try a smaller \
         `training.optimizer.learning_rate`, or limit the gradients with `training.optimizer.clip_norm`"
    )]
    Diverged {
        /// What became NaN or infinite, as the beginning of a sentence.
        what: String,
        /// The update, from 1.
        iteration: usize,
        /// The rate of that update.
        learning_rate: f64,
    },
    /// A loss that is NaN or infinite before any weight has changed.
    #[error(
        "the loss is {0} at update 1, before a step was made: the inputs, the initial weights or the weights of the classes are \
         too large"
    )]
    NotFinite(f32),
    /// A failure of training that no input explains.
    #[error("training failed: {0}")]
    Training(#[from] TrainingFailure),
    /// A device or a server.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// An error of the program around the training.
    #[error(transparent)]
    Host(Box<dyn StdError + Send + Sync>),
    /// The user stopped the program while it read data.
    #[error(
        "stopped before the first update, as asked; nothing was changed, and the same command begins again"
    )]
    LoadInterrupted,
    /// The user stopped the run.
    #[error("stopped after update {0}, as asked; go on with `--resume`")]
    Interrupted(usize),
}

/// Why a run cannot be resumed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeRefusal {
    /// Settings have changed that may not; each with its old and new value.
    #[error("{}; choose another `--name` for a new run", listed(.0.iter()))]
    Settings(Vec<String>),
    /// The data has changed.
    #[error("its data has changed; choose another `--name` for a new run")]
    Data,
    /// The run has done more epochs than asked for.
    #[error("it has done {done} epochs, `training.epochs` is {epochs}")]
    Epochs {
        /// Epochs that the run has done.
        done: usize,
        /// Epochs that are asked for.
        epochs: usize,
    },
}

/// A failure of training that no input explains.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainingFailure {
    /// A panic of Burn, with the first line of its message.
    #[error("{0}")]
    Panic(String),
    /// A parameter whose gradient is missing.
    #[error("`{0}` has no gradient")]
    NoGradient(String),
    /// Another number of gradients than of parameters.
    #[error("{found} gradients for {wanted} parameters")]
    Gradients {
        /// The number of gradients.
        found: usize,
        /// The number of parameters.
        wanted: usize,
    },
    /// Weights or a checkpoint that cannot be encoded.
    #[error("cannot encode {what}: {reason}")]
    Encode {
        /// What was to be encoded, as `the weights`.
        what: &'static str,
        /// The encoder's reason.
        reason: Box<dyn StdError + Send + Sync>,
    },
    /// Bytes of a checkpoint that are not a record.
    #[error("a checkpoint does not decode")]
    Decode,
    /// A checkpoint of another model or optimizer.
    #[error("a checkpoint holds tensors of other shapes")]
    Shapes,
    /// A configuration of this program that it does not read itself.
    #[error("{0}")]
    Settings(String),
    /// A worked example of a classifier that is not linear.
    #[error("only a linear classifier is worked out by number")]
    NotLinear,
}

impl Error {
    /// A failure to encode `what`, as `the weights`.
    pub(crate) fn encode<E: Into<Box<dyn StdError + Send + Sync>>>(
        what: &'static str,
    ) -> impl FnOnce(E) -> Self {
        move |reason| TrainingFailure::Encode { what, reason: reason.into() }.into()
    }

    /// A failure to write `path`.
    pub(crate) fn write(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let failed = RunError::write(path);
        move |reason| Self::Run(failed(reason))
    }

    /// A file whose content cannot be used; a `String` is the end of a sentence about it.
    pub(crate) fn artifact(path: impl Into<PathBuf>, problem: impl Into<FileProblem>) -> Self {
        Self::Run(RunError::artifact(path, problem))
    }
}

fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}
