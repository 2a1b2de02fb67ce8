//! What can go wrong with the directory of a run.

use std::io;
use std::path::PathBuf;

/// An error about a run directory or a file of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A run directory that exists already.
    #[error("the run directory `{}` exists; choose another `--name`, go on with it with `--resume`, or replace it with `--overwrite`", .0.display())]
    RunExists(PathBuf),
    /// A folder that no run made, and that is neither deleted nor gone on with.
    #[error("`{}` is no run directory and is left alone; choose another `--name`", .0.display())]
    NoRun(PathBuf),
    /// A run that another process works on.
    #[error("another process works on the run `{}`; wait until it is done, or choose another `--name`", .0.display())]
    RunBusy(PathBuf),
    /// A run that does not exist.
    #[error("`{}` is no run: neither it nor `{}` has a `run.json`", run.display(), artifacts.join(run).display())]
    NoSuchRun {
        /// What was asked for.
        run: PathBuf,
        /// The folder of all runs.
        artifacts: PathBuf,
    },
    /// A file of a run that cannot be read.
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
}

impl Error {
    /// A failure to write `path`.
    pub fn write(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |reason| Self::Write { path, reason }
    }
}
