//! What can go wrong in a training, and in what is done with a trained run.

use emberlab_config::ConfigError;
use emberlab_data::DataError;
use emberlab_run::{Error as RunError, FileProblem};
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
    /// A run that cannot go on as it is asked to.
    #[error("the run `{}` cannot go on: {reason}", run.display())]
    Resume {
        /// Its directory.
        run: PathBuf,
        /// What has changed, and what can be done.
        reason: String,
    },
    /// Any other argument that cannot work.
    #[error("{0}")]
    Usage(String),
    /// Data that is missing or damaged.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A loss or a weight that is no number any more.
    #[error(
        "{what} at update {iteration}, with learning rate {learning_rate}; try a smaller \
         `training.optimizer.learning_rate`, or limit the gradients with `training.optimizer.clip_norm`"
    )]
    Diverged {
        /// What is no number, as the beginning of a sentence.
        what: String,
        /// The update, from 1.
        iteration: usize,
        /// The rate of that update.
        learning_rate: f64,
    },
    /// Any other failure of training.
    #[error("training failed: {0}")]
    Training(String),
    /// A device that is not there.
    #[error("{0}")]
    Device(String),
    /// The user stopped the program while it read data.
    #[error(
        "stopped before the first update, as asked; nothing was changed, and the same command begins again"
    )]
    LoadInterrupted,
    /// The user stopped the run.
    #[error("stopped after update {0}, as asked; go on with `--resume`")]
    Interrupted(usize),
}

impl Error {
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
