//! The directory of one run.

use crate::atomic;
use crate::error::Error;
use emberlab_data::file_lock::FileLock;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The names of the files in it.
pub mod file {
    /// The resolved configuration.
    pub const CONFIG: &str = "config.toml";
    /// What was run, where, and what came of it.
    pub const RECORD: &str = "run.json";
    /// Every loss and accuracy.
    pub const METRICS: &str = "metrics.csv";
    /// How weights and gradients were spread, a few times in the run.
    pub const HISTOGRAMS: &str = "histograms.csv";
    /// What was predicted for each sample of the test part.
    pub const PREDICTIONS: &str = "predictions.csv";
    /// Final weights for other tools.
    pub const SAFETENSORS: &str = "model.safetensors";
    /// Final weights for Burn.
    pub const MPK: &str = "model.mpk";
    /// What Burn and emberlab logged.
    pub const LOG: &str = "experiment.log";
    /// The folder of the event file for TensorBoard.
    pub const TENSORBOARD: &str = "tensorboard";
    /// The folder of what was drawn.
    pub const PLOTS: &str = "plots";
    /// The page that shows what was drawn.
    pub const REPORT: &str = "report.html";
    /// The folder of what `--resume` needs.
    pub const CHECKPOINTS: &str = "checkpoints";
    /// Held by the process that works on the run.
    pub const LOCK: &str = ".lock";

    /// All of them but the lock.
    pub const ALL: [&str; 12] = [
        CONFIG,
        RECORD,
        METRICS,
        HISTOGRAMS,
        PREDICTIONS,
        SAFETENSORS,
        MPK,
        LOG,
        TENSORBOARD,
        PLOTS,
        REPORT,
        CHECKPOINTS,
    ];
}

/// Whether a process works on the run in a folder, which may be about to begin.
pub fn is_busy(run: &Path) -> bool {
    FileLock::is_held(&run.join(file::LOCK))
}

/// What is done with a run of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It is left alone, and that is an error.
    Keep,
    /// It is deleted.
    Replace,
    /// It goes on.
    Resume,
}

/// A run directory on disk.
#[derive(Clone, Debug)]
pub struct RunDir {
    path: PathBuf,
    /// Held as long as the run is worked on.
    _lock: Option<Arc<FileLock>>,
}

impl RunDir {
    /// A run that is there: a directory, or the name of one under `artifacts`.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchRun`] when neither is there, or what is there is no run.
    pub fn open(artifacts: &Path, run: &Path) -> Result<Self, Error> {
        let candidates = [run.to_owned(), artifacts.join(run)];
        let found = candidates.into_iter().find(|path| path.join(file::RECORD).is_file());
        match found {
            Some(path) => Ok(Self { path, _lock: None }),
            None => Err(Error::NoSuchRun { run: run.to_owned(), artifacts: artifacts.to_owned() }),
        }
    }

    /// A run that this process works on.
    pub(crate) fn locked(path: PathBuf, lock: FileLock) -> Self {
        Self { path, _lock: Some(Arc::new(lock)) }
    }

    /// Deletes what killed commands left of files that they were writing, where that is possible.
    pub fn remove_leftovers(&self) {
        for folder in ["", file::CHECKPOINTS, file::PLOTS, file::TENSORBOARD] {
            atomic::try_remove_leftovers(&self.path.join(folder));
        }
    }

    /// Whether another process works on it.
    pub fn is_busy(&self) -> bool {
        is_busy(&self.path)
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file of it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a file of it whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        atomic::write(&self.file(name), bytes)
    }

    /// Deletes a file of it, where there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn remove(&self, name: &str) -> Result<(), Error> {
        let path = self.file(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::write(path)(error)),
            _ => Ok(()),
        }
    }
}
