//! What can go wrong, and the exit code of each.

use crate::config::ConfigError;
use emberlab_data::text::{MAX_ITEMS, listed, on_one_line, thousands};
use emberlab_data::{DataError, cifar10};
use std::error::Error as _;
use std::io;
use std::path::{Path, PathBuf};

/// An error that ends the program. Its report says what to do next.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A configuration that cannot work.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A run directory that is there already.
    #[error("the run directory `{}` exists; choose another `--name`, go on with it with `--resume`, or replace it with `--overwrite`", .0.display())]
    RunExists(PathBuf),
    /// A folder that no run made, and that is neither deleted nor gone on with.
    #[error("`{}` is no run directory and is left alone; choose another `--name`", .0.display())]
    NoRun(PathBuf),
    /// A run that another process works on.
    #[error("another process works on the run `{}`; wait until it is done, or choose another `--name`", .0.display())]
    RunBusy(PathBuf),
    /// A run that cannot go on as it is asked to.
    #[error("the run `{}` cannot go on: {reason}", run.display())]
    Resume {
        /// Its directory.
        run: PathBuf,
        /// What has changed, and what can be done.
        reason: String,
    },
    /// A run that is not there.
    #[error("`{}` is no run: neither it nor `{}` has a `run.json`", run.display(), artifacts.join(run).display())]
    NoSuchRun {
        /// What was asked for.
        run: PathBuf,
        /// The folder of all runs.
        artifacts: PathBuf,
    },
    /// Any other argument that cannot work.
    #[error("{0}")]
    Usage(String),
    /// Data that is missing or damaged.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Weights, another file of a run, or an input that cannot be read.
    #[error("`{}` {reason}", path.display())]
    Artifact {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, as the end of a sentence.
        reason: String,
    },
    /// A file that cannot be written.
    #[error("cannot write `{}`: {reason}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        reason: io::Error,
    },
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
    /// Gradients that do not agree.
    #[error("the gradients of {} do not agree", listed(.0.iter().map(|name| format!("`{name}`"))))]
    Gradcheck(Vec<String>),
    /// Any other failure of training.
    #[error("training failed: {0}")]
    Training(String),
    /// A picture that could not be drawn.
    #[error("the picture cannot be drawn: {0}")]
    Picture(String),
    /// A device that is not there.
    #[error("{0}")]
    Device(String),
    /// Runs of a sweep that failed, each with its reason.
    #[error("{}", sweep_failures(.0))]
    Sweep(Vec<String>),
    /// The user stopped the sweep.
    #[error("stopped, as asked; the same command goes on with what is left")]
    SweepInterrupted,
    /// The user stopped the lab.
    #[error("stopped, as asked; the same command begins again")]
    LabInterrupted,
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
        let path = path.into();
        move |reason| Self::Write { path, reason }
    }

    /// The code that the program ends with.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_)
            | Self::RunExists(_)
            | Self::NoRun(_)
            | Self::RunBusy(_)
            | Self::Resume { .. }
            | Self::NoSuchRun { .. }
            | Self::Usage(_) => 2,
            Self::Data(DataError::Parameter(_)) => 2,
            Self::Data(_) | Self::Artifact { .. } => 3,
            Self::Write { .. }
            | Self::Diverged { .. }
            | Self::Gradcheck(_)
            | Self::Picture(_)
            | Self::Sweep(_)
            | Self::Training(_) => 4,
            Self::Device(_) => 5,
            Self::Interrupted(_) | Self::LoadInterrupted | Self::SweepInterrupted | Self::LabInterrupted => {
                130
            }
        }
    }

    /// The file that is not there, where that is what is wrong.
    fn missing(&self) -> Option<&Path> {
        match self {
            Self::Data(DataError::Missing { path }) => Some(path),
            Self::Artifact { path, reason } if reason == DOES_NOT_EXIST => Some(path),
            _ => None,
        }
    }

    /// The error as it is printed: one cause per line, then what to do.
    pub fn report(&self) -> String {
        let message = self.to_string();
        let mut lines: Vec<String> = match self {
            // These have a line for each thing that is wrong; in others a line break is part of a value.
            Self::Config(_) | Self::Sweep(_) | Self::Data(DataError::BadImages(_)) => {
                message.lines().map(|line| format!("error: {line}")).collect()
            }
            _ => vec![format!("error: {}", on_one_line(&message))],
        };
        if let Some(place) = self.missing().and_then(looked_for) {
            lines[0] += &place;
        }
        let mut cause = self.source();
        while let Some(error) = cause {
            lines.push(format!("caused by: {}", on_one_line(&error.to_string())));
            cause = error.source();
        }
        if let Self::Data(DataError::Missing { path }) = self
            && path.iter().any(|part| part == cifar10::FOLDER)
        {
            lines.push(GET_THE_DATA.to_owned());
        }
        lines.join("\n")
    }
}

/// Says where a relative path was looked for; nothing for one that is absolute.
fn looked_for(path: &Path) -> Option<String> {
    let folder = std::env::current_dir().ok().filter(|_| path.is_relative())?;
    Some(format!("; a relative path starts from the current folder, `{}`", folder.display()))
}

/// A line for each run that failed, at most ten.
fn sweep_failures(failures: &[String]) -> String {
    let mut lines: Vec<String> =
        failures.iter().take(MAX_ITEMS).map(|failure| on_one_line(failure).into_owned()).collect();
    let more = failures.len().saturating_sub(MAX_ITEMS);
    if more > 0 {
        lines.push(format!("and {} more runs", thousands(more)));
    }
    lines.join("\n")
}

/// What is wrong with a file that is not there, as the end of a sentence.
pub(crate) const DOES_NOT_EXIST: &str = "does not exist";

const GET_THE_DATA: &str = "to get CIFAR-10, run `emberlab data fetch CONFIG` with this configuration; where it is elsewhere already, set
`data.directory` to the folder that holds `cifar-10-batches-bin/`";
