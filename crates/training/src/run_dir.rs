//! The directory of one run.

use crate::atomic;
use crate::error::Error;
use crate::growing_file::refuse_irregular;
use std::fs::{self, File, TryLockError};
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

/// A place for a run that is not there yet, or may be replaced or gone on with.
#[derive(Debug)]
pub struct RunSlot {
    path: PathBuf,
    existing: Existing,
    /// Held on a run that is there.
    lock: Option<File>,
}

/// A run directory on disk.
#[derive(Clone, Debug)]
pub struct RunDir {
    path: PathBuf,
    /// Held as long as the run is worked on.
    _lock: Option<Arc<File>>,
}

impl RunSlot {
    /// The place of the run `name` under `artifacts`. Nothing is written yet.
    ///
    /// # Errors
    ///
    /// [`Error::RunExists`] when something is there that is to be kept; [`Error::NoRun`] when what is
    /// there is no run; [`Error::RunBusy`] when another process works on it.
    pub fn find(artifacts: &Path, name: &str, existing: Existing) -> Result<Self, Error> {
        let path = artifacts.join(name);
        if path.symlink_metadata().is_err() {
            return Ok(Self { path, existing, lock: None });
        }
        match existing {
            Existing::Keep => Err(Error::RunExists(path)),
            Existing::Replace if !path.join(file::RECORD).is_file() => Err(Error::NoRun(path)),
            // A run that was killed at its very beginning has nothing but its lock.
            Existing::Resume if !is_run_or_its_beginning(&path) => Err(Error::NoRun(path)),
            _ => {
                let lock = Some(lock(&path)?);
                Ok(Self { path, existing, lock })
            }
        }
    }

    /// The directory of the run that goes on; nothing where a new one begins.
    pub fn resumes(&self) -> Option<&Path> {
        let goes_on = self.existing == Existing::Resume && has_begun(&self.path);
        goes_on.then_some(&self.path)
    }

    /// Makes the directory. One that was to be replaced is deleted, one that goes on stays as it is.
    ///
    /// # Errors
    ///
    /// [`Error::Write`], or [`Error::RunExists`] when another process was faster.
    pub fn create(self) -> Result<RunDir, Error> {
        let Self { path, existing, lock: held } = self;
        if held.is_some() && existing == Existing::Resume {
            atomic::remove_leftovers(&path)?;
            atomic::remove_leftovers(&path.join(file::CHECKPOINTS))?;
            return Ok(RunDir { path, _lock: held.map(Arc::new) });
        }
        if held.is_some() {
            fs::remove_dir_all(&path).map_err(Error::write(&path))?;
        }
        if let Some(artifacts) = path.parent() {
            fs::create_dir_all(artifacts).map_err(Error::write(artifacts))?;
        }
        match fs::create_dir(&path) {
            Ok(()) => {
                let lock = lock(&path)?;
                Ok(RunDir { path, _lock: Some(Arc::new(lock)) })
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(Error::RunExists(path)),
            Err(error) => Err(Error::write(path)(error)),
        }
    }
}

/// Whether a run left its configuration or a checkpoint there.
fn has_begun(path: &Path) -> bool {
    path.join(file::CONFIG).is_file() || path.join(file::CHECKPOINTS).is_dir()
}

fn is_run_or_its_beginning(path: &Path) -> bool {
    let only_a_lock = || {
        let mut entries = fs::read_dir(path).ok()?;
        Some(
            entries
                .all(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with('.'))),
        )
    };
    has_begun(path) || only_a_lock().unwrap_or(false)
}

/// Keeps other processes from a run; the system lets go when this one ends, however it ends.
fn lock(run: &Path) -> Result<File, Error> {
    let path = run.join(file::LOCK);
    refuse_irregular(&path)?;
    let file = File::create(&path).map_err(Error::write(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::RunBusy(run.to_owned())),
        Err(TryLockError::Error(error)) => Err(Error::write(path)(error)),
    }
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

    /// Whether another process works on it.
    pub fn is_busy(&self) -> bool {
        let Ok(file) = emberlab_data::open_regular(&self.file(file::LOCK)) else { return false };
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
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
}
