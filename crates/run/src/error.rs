//! Errors about the directory of a run.

use crate::problem::FileProblem;
use std::io;
use std::path::PathBuf;

/// An error about a run directory or one of its files.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The run directory exists already.
    #[error("the run directory `{}` exists; choose another `--name`, go on with it with `--resume`, or replace it with `--overwrite`", .0.display())]
    RunExists(PathBuf),
    /// The folder is not a run directory, so it is neither replaced nor resumed.
    #[error("`{}` is no run directory and is left alone; choose another `--name`", .0.display())]
    NoRun(PathBuf),
    /// Another process works on the run.
    #[error("another process works on the run `{}`; wait until it is done, or choose another `--name`", .0.display())]
    RunBusy(PathBuf),
    /// The run does not exist.
    #[error("`{}` is no run: neither it nor `{}` has a `run.json`", run.display(), artifacts.join(run).display())]
    NoSuchRun {
        /// The run that was asked for.
        run: PathBuf,
        /// The folder of all runs.
        artifacts: PathBuf,
    },
    /// An output that would replace a file of a run.
    #[error("`{}` is a file of a run; choose another one to write to", .0.display())]
    RunFile(PathBuf),
    /// A file or folder of a run cannot be used.
    #[error("`{}` {problem}", path.display())]
    Artifact {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        problem: FileProblem,
    },
    /// A file cannot be written.
    #[error("cannot write `{}`: {reason}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        reason: io::Error,
    },
}

impl Error {
    /// A failure to write `path`.
    pub fn write(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |reason| Self::Write { path, reason }
    }

    /// A file or folder that cannot be used. A `String` is free text, the end of a sentence about the file.
    pub fn artifact(path: impl Into<PathBuf>, problem: impl Into<FileProblem>) -> Self {
        Self::Artifact { path: path.into(), problem: problem.into() }
    }
}
