//! The directory of a run that begins, is replaced or is resumed.
//!
//! A slot takes the lock of the run directory before it looks at the content, and holds it from then on. If several
//! processes want the same run, one gets it and the others get [`Error::RunBusy`]. A directory with nothing but a lock
//! belongs to a run that was about to begin.

mod content;
mod created;
#[cfg(test)]
mod tests;

use crate::directory::{Existing, RunDir, file};
use crate::error::Error;
use crate::leftovers;
use content::Content;
pub use created::Unused;
use created::create_missing;
use emberlab_data::file_lock::FileLock;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

/// Attempts to take the lock while other processes replace the directory.
const ATTEMPTS: usize = 20;
/// The time between two attempts to take a lock that another process holds.
const POLL: Duration = Duration::from_millis(20);

/// The locked directory of a run.
#[derive(Debug)]
pub struct RunSlot {
    path: PathBuf,
    existing: Existing,
    content: Content,
    /// Held until the slot becomes a run or is dropped.
    lock: Option<FileLock>,
    /// The directories that were created for the run, the outer first.
    created: Vec<PathBuf>,
}

impl RunSlot {
    /// Locks the directory of the run `name` under `artifacts`. Creates it if it is missing.
    ///
    /// # Errors
    ///
    /// [`Error::RunExists`] when there is a run that is to be kept; [`Error::NoRun`] when the directory is not a run's;
    /// [`Error::RunBusy`] when another process works on the run; [`Error::Artifact`] when the directory cannot be read;
    /// [`Error::Write`].
    pub fn acquire(artifacts: &Path, name: &str, existing: Existing) -> Result<Self, Error> {
        let path = artifacts.join(name);
        for _ in 0..ATTEMPTS {
            let mut slot = Self {
                created: create_missing(&path)?,
                content: Content::Nothing,
                lock: None,
                path: path.clone(),
                existing,
            };
            // Writes no lock into a directory that is not a run's.
            slot.check_content()?;
            let lock = path.join(file::LOCK);
            match FileLock::try_take(&lock) {
                Ok(Some(held)) => slot.lock = Some(held),
                Ok(None) => return Err(Error::RunBusy(path)),
                // Another process has moved the directory aside.
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    sleep(POLL);
                    continue;
                }
                Err(error) => return Err(Error::write(lock)(error)),
            }
            slot.check_content()?;
            leftovers::try_remove(artifacts);
            return Ok(slot);
        }
        Err(Error::RunBusy(path))
    }

    /// Like [`Self::acquire`], but waits while another process works on the run. Returns `None` once `stopped` returns
    /// true.
    ///
    /// # Errors
    ///
    /// Those of [`Self::acquire`], but [`Error::RunBusy`].
    pub fn wait(
        artifacts: &Path,
        name: &str,
        existing: Existing,
        stopped: impl Fn() -> bool,
    ) -> Result<Option<Self>, Error> {
        while !stopped() {
            match Self::acquire(artifacts, name, existing) {
                Err(Error::RunBusy(_)) => sleep(POLL),
                acquired => return acquired.map(Some),
            }
        }
        Ok(None)
    }

    /// The directory of the run to resume; `None` if a new run begins.
    pub fn resumes(&self) -> Option<&Path> {
        let resumes = self.existing == Existing::Resume && matches!(self.content, Content::Run { .. });
        resumes.then_some(&self.path)
    }

    /// Whether a run is to be resumed that has too few files left and begins again.
    pub fn begins_again(&self) -> bool {
        self.existing == Existing::Resume && self.content == Content::Remains
    }

    /// Turns the slot into a run directory. Moves a run that is replaced aside with one rename and then deletes it.
    ///
    /// # Errors
    ///
    /// [`Error::Write`]; [`Error::RunBusy`] when another process takes the directory after the rename.
    pub fn create(mut self) -> Result<RunDir, Error> {
        let path = self.path.clone();
        if self.resumes().is_none() && self.content != Content::Nothing {
            self.replace()?;
        }
        let lock = self.lock.take().ok_or_else(|| Error::RunBusy(path.clone()))?;
        let run = RunDir::locked(path, lock);
        run.remove_leftovers();
        Ok(run)
    }

    /// Replaces the directory with an empty, locked one.
    fn replace(&mut self) -> Result<(), Error> {
        let path = &self.path;
        let aside = leftovers::move_aside(path)?;
        match fs::create_dir(path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(Error::write(path)(error)),
            _ => (),
        }
        // The old lock moved with its directory. It is held until all of that is deleted.
        let replaced = self.lock.take();
        self.lock = lock_new(path)?;
        leftovers::remove_folder(&aside)?;
        drop(replaced);
        self.content = Content::of(path)?;
        if self.content == Content::Nothing {
            Ok(())
        } else {
            // Another process had the directory in between, and may have ended by now.
            Err(Error::RunBusy(path.clone()))
        }
    }

    /// Reads the content of the directory and checks that it may be used as `existing` asks.
    fn check_content(&mut self) -> Result<(), Error> {
        self.content = Content::of(&self.path)?;
        let path = || self.path.clone();
        match (self.existing, self.content) {
            (_, Content::Nothing) => Ok(()),
            (Existing::Keep, _) => Err(Error::RunExists(path())),
            (_, Content::Foreign) | (Existing::Replace, Content::Run { replaceable: false }) => {
                Err(Error::NoRun(path()))
            }
            _ => Ok(()),
        }
    }

    /// The lock and the folders to delete if no run begins.
    pub fn unused(&self) -> Unused {
        let is_new = self.content == Content::Nothing && self.created.contains(&self.path);
        let lock = (is_new && self.lock.is_some()).then(|| self.path.join(file::LOCK));
        Unused { lock, folders: self.created.clone() }
    }
}

/// Deletes what was created for a run that does not begin, unless another process uses it.
impl Drop for RunSlot {
    fn drop(&mut self) {
        let unused = self.unused();
        // Deletes the lock's file before it releases the lock.
        let held = self.lock.take();
        unused.delete();
        drop(held);
    }
}

/// Takes the lock of a directory that was just created.
fn lock_new(path: &Path) -> Result<Option<FileLock>, Error> {
    let lock = path.join(file::LOCK);
    match FileLock::try_take(&lock) {
        Ok(None) => Err(Error::RunBusy(path.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::RunBusy(path.to_owned())),
        taken => taken.map_err(Error::write(lock)),
    }
}
