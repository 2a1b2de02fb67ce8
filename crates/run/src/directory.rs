//! The directory of one run.

use crate::atomic;
use crate::error::Error;
use crate::leftovers;
use emberlab_data::file_lock::FileLock;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder of all runs unless another is named.
pub const DEFAULT_ARTIFACTS: &str = "artifacts";

/// The names of its files.
pub mod file {
    /// The resolved configuration.
    pub const CONFIG: &str = "config.toml";
    /// The record: outcome, scores, device, versions and seeds.
    pub const RECORD: &str = "run.json";
    /// Every loss and accuracy.
    pub const METRICS: &str = "metrics.csv";
    /// Histograms of weights and gradients at some updates.
    pub const HISTOGRAMS: &str = "histograms.csv";
    /// The prediction for each sample of the test part.
    pub const PREDICTIONS: &str = "predictions.csv";
    /// Final weights for other tools.
    pub const SAFETENSORS: &str = "model.safetensors";
    /// Final weights for Burn.
    pub const MPK: &str = "model.mpk";
    /// The log of Burn and emberlab.
    pub const LOG: &str = "experiment.log";
    /// The folder of the event file for TensorBoard.
    pub const TENSORBOARD: &str = "tensorboard";
    /// The folder of plots.
    pub const PLOTS: &str = "plots";
    /// The report as an HTML page.
    pub const REPORT: &str = "report.html";
    /// The folder of checkpoints, which `--resume` reads.
    pub const CHECKPOINTS: &str = "checkpoints";
    /// The lock that a process holds while it works on the run.
    pub const LOCK: &str = ".lock";

    /// All of these names except the lock.
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

/// Whether a process holds the lock of the run directory `run`.
pub fn is_busy(run: &Path) -> bool {
    FileLock::is_held(&run.join(file::LOCK))
}

/// How to treat an existing run of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Keep it and return an error.
    Keep,
    /// Delete it.
    Replace,
    /// Resume it.
    Resume,
}

/// A run directory on disk.
#[derive(Clone, Debug)]
pub struct RunDir {
    path: PathBuf,
    /// Held while this process works on the run.
    _lock: Option<Arc<FileLock>>,
}

impl RunDir {
    /// Opens an existing run: a directory, or the name of one under `artifacts`.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchRun`] when neither has a `run.json`.
    pub fn open(artifacts: &Path, run: &Path) -> Result<Self, Error> {
        let candidates = [run.to_owned(), artifacts.join(run)];
        let found = candidates.into_iter().find(|path| path.join(file::RECORD).is_file());
        match found {
            Some(path) => Ok(Self { path, _lock: None }),
            None => Err(Error::NoSuchRun { run: run.to_owned(), artifacts: artifacts.to_owned() }),
        }
    }

    /// The directory of a run that this process works on.
    pub(crate) fn locked(path: PathBuf, lock: FileLock) -> Self {
        Self { path, _lock: Some(Arc::new(lock)) }
    }

    /// Deletes temporary files that killed processes left. Logs a warning where that fails.
    pub fn remove_leftovers(&self) {
        for folder in ["", file::CHECKPOINTS, file::PLOTS, file::TENSORBOARD] {
            leftovers::try_remove(&self.path.join(folder));
        }
    }

    /// Whether a process works on the run.
    pub fn is_busy(&self) -> bool {
        is_busy(&self.path)
    }

    /// The path of the directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of one of its files.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes one of its files, whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        atomic::write(&self.file(name), bytes)
    }

    /// Deletes one of its files if it exists.
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
