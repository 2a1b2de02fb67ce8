//! The directory of one run.

use crate::atomic;
use crate::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// The names of the files in it.
pub mod file {
    /// The resolved configuration.
    pub const CONFIG: &str = "config.toml";
    /// What was run, where, and what came of it.
    pub const RECORD: &str = "run.json";
    /// Every loss and accuracy.
    pub const METRICS: &str = "metrics.csv";
    /// Final weights for other tools.
    pub const SAFETENSORS: &str = "model.safetensors";
    /// Final weights for Burn.
    pub const MPK: &str = "model.mpk";
    /// What Burn and emberlab logged.
    pub const LOG: &str = "experiment.log";
}

/// A place for a run that is not there yet, or may be replaced.
#[derive(Debug)]
pub struct RunSlot {
    path: PathBuf,
    replaces: bool,
}

/// A run directory on disk.
#[derive(Clone, Debug)]
pub struct RunDir {
    path: PathBuf,
}

impl RunSlot {
    /// The place of the run `name` under `artifacts`. Nothing is written yet.
    ///
    /// # Errors
    ///
    /// [`Error::RunExists`] when something is there and `overwrite` is not given; [`Error::NoRun`]
    /// when it is and what is there is no run.
    pub fn find(artifacts: &Path, name: &str, overwrite: bool) -> Result<Self, Error> {
        let path = artifacts.join(name);
        let replaces = path.symlink_metadata().is_ok();
        match (replaces, overwrite) {
            (true, false) => Err(Error::RunExists(path)),
            (true, true) if !path.join(file::RECORD).is_file() => Err(Error::NoRun(path)),
            _ => Ok(Self { path, replaces }),
        }
    }

    /// Makes the directory; what was there is deleted.
    ///
    /// # Errors
    ///
    /// [`Error::Write`], or [`Error::RunExists`] when another process was faster.
    pub fn create(self) -> Result<RunDir, Error> {
        let Self { path, replaces } = self;
        if replaces {
            fs::remove_dir_all(&path).map_err(Error::write(&path))?;
        }
        if let Some(artifacts) = path.parent() {
            fs::create_dir_all(artifacts).map_err(Error::write(artifacts))?;
        }
        match fs::create_dir(&path) {
            Ok(()) => Ok(RunDir { path }),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(Error::RunExists(path)),
            Err(error) => Err(Error::write(path)(error)),
        }
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
            Some(path) => Ok(Self { path }),
            None => Err(Error::NoSuchRun { run: run.to_owned(), artifacts: artifacts.to_owned() }),
        }
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
