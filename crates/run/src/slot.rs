//! The place of a run that begins, is replaced or goes on.
//!
//! The lock of the run directory is taken before anything is decided by what is in the directory, and held from then
//! on: of several processes that want the same run one gets it, and the others are told so. A directory that only holds
//! a lock is the place of a run that was about to begin.

use crate::atomic;
use crate::directory::{Existing, RunDir, file};
use crate::error::Error;
use emberlab_data::file_lock::FileLock;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

/// How often another process may replace the directory while its lock is taken.
const ATTEMPTS: usize = 20;
/// How often a run is looked at that another process works on.
const POLL: Duration = Duration::from_millis(20);

/// The place of a run, locked.
#[derive(Debug)]
pub struct RunSlot {
    path: PathBuf,
    existing: Existing,
    content: Content,
    /// Held until the slot becomes a run or is dropped.
    lock: Option<FileLock>,
    /// The directories that were created for it, the outer first.
    created: Vec<PathBuf>,
}

/// What is in the directory of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    /// Nothing but a lock and temporary files.
    Nothing,
    /// A run that can go on. `replaceable` where everything in it is a run's.
    Run { replaceable: bool },
    /// A run without a configuration and without a checkpoint, as one that was being deleted.
    Remains,
    /// Something else.
    Foreign,
}

impl RunSlot {
    /// Takes the place of the run `name` under `artifacts`, and creates the directory where it is missing.
    ///
    /// # Errors
    ///
    /// [`Error::RunExists`] when a run is there that is to be kept; [`Error::NoRun`] when what is there is not a run;
    /// [`Error::RunBusy`] when another process works on it; [`Error::Write`].
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
            // Nothing is written into a directory that is not a run's.
            slot.look()?;
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
            slot.look()?;
            atomic::try_remove_leftovers(artifacts);
            return Ok(slot);
        }
        Err(Error::RunBusy(path))
    }

    /// The same, but waits while another process works on the run, and returns nothing once `stopped` says so.
    ///
    /// # Errors
    ///
    /// Those of [`Self::acquire`].
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

    /// The directory of the run that goes on; `None` where a new one begins.
    pub fn resumes(&self) -> Option<&Path> {
        let goes_on = self.existing == Existing::Resume && matches!(self.content, Content::Run { .. });
        goes_on.then_some(&self.path)
    }

    /// Whether a run was to go on of which too little is left.
    pub fn begins_again(&self) -> bool {
        self.existing == Existing::Resume && self.content == Content::Remains
    }

    /// Makes a run directory of the place. What is to be replaced is moved aside by one rename and then deleted.
    ///
    /// # Errors
    ///
    /// [`Error::Write`]; [`Error::RunBusy`] when another process takes the place between the two.
    pub fn create(mut self) -> Result<RunDir, Error> {
        let path = self.path.clone();
        if self.resumes().is_none() && self.content != Content::Nothing {
            let aside = atomic::move_aside(&path)?;
            match fs::create_dir(&path) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                    return Err(Error::write(&path)(error));
                }
                _ => (),
            }
            // The lock of the run that was replaced went with it and is held until all of that is deleted.
            let replaced = self.lock.take();
            self.lock = take_new(&path)?;
            atomic::remove_folder(&aside)?;
            drop(replaced);
            self.content = look(&path)?;
            if self.content != Content::Nothing {
                // Another process took the place in between, and may have ended by now.
                return Err(Error::RunBusy(path));
            }
        }
        let lock = self.lock.take().ok_or_else(|| Error::RunBusy(path.clone()))?;
        let run = RunDir::locked(path, lock);
        run.remove_leftovers();
        Ok(run)
    }

    /// Finds out what is in the directory, and whether that allows what is asked for.
    fn look(&mut self) -> Result<(), Error> {
        self.content = look(&self.path)?;
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
}

/// Takes what was created for a run that does not begin away again, unless another process uses it.
impl Drop for RunSlot {
    fn drop(&mut self) {
        let unused = self.unused();
        // The lock is let go after its file is gone.
        let held = self.lock.take();
        unused.delete();
        drop(held);
    }
}

impl RunSlot {
    /// What is to be deleted if no run begins here.
    pub fn unused(&self) -> Unused {
        let is_new = self.content == Content::Nothing && self.created.contains(&self.path);
        let lock = (is_new && self.lock.is_some()).then(|| self.path.join(file::LOCK));
        Unused { lock, folders: self.created.clone() }
    }
}

/// The lock and the folders that were created for a run.
#[derive(Clone, Debug, Default)]
pub struct Unused {
    lock: Option<PathBuf>,
    /// The outer first.
    folders: Vec<PathBuf>,
}

impl Unused {
    /// Deletes them. Whoever holds the lock calls it. An empty folder that stays is in nobody's way.
    pub fn delete(&self) {
        if let Some(lock) = &self.lock {
            let _ = fs::remove_file(lock);
        }
        for folder in self.folders.iter().rev() {
            // It is not empty where another process uses it.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// The lock of a directory that was just created.
fn take_new(path: &Path) -> Result<Option<FileLock>, Error> {
    let lock = path.join(file::LOCK);
    match FileLock::try_take(&lock) {
        Ok(None) => Err(Error::RunBusy(path.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::RunBusy(path.to_owned())),
        taken => taken.map_err(Error::write(lock)),
    }
}

/// Creates a directory and those that it lies in, and returns those that were missing, the outer first.
fn create_missing(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let missing = path
        .ancestors()
        .take_while(|folder| !folder.as_os_str().is_empty() && folder.symlink_metadata().is_err());
    let mut missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
    missing.reverse();
    let mut created = Vec::new();
    for folder in missing {
        match fs::create_dir(&folder) {
            Ok(()) => created.push(folder),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => (),
            Err(error) => {
                created.iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
                return Err(Error::write(folder)(error));
            }
        }
    }
    Ok(created)
}

fn look(path: &Path) -> Result<Content, Error> {
    let unreadable = |error: io::Error| Error::Artifact {
        path: path.to_owned(),
        reason: format!("cannot be read: {error}"),
    };
    let mut names = Vec::new();
    match fs::read_dir(path) {
        Err(error) if error.kind() == ErrorKind::NotADirectory => return Ok(Content::Foreign),
        // Another process has moved it aside, or it is a link to nothing.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(if path.is_symlink() { Content::Foreign } else { Content::Nothing });
        }
        entries => {
            for entry in entries.map_err(unreadable)? {
                let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
                if name != file::LOCK && !name.starts_with(atomic::PREFIX) {
                    names.push(name);
                }
            }
        }
    }
    let all_known = names.iter().all(|name| file::ALL.contains(&name.as_str()));
    let has_record = path.join(file::RECORD).is_file();
    Ok(match () {
        () if names.is_empty() => Content::Nothing,
        () if has_begun(path) => Content::Run { replaceable: has_record || all_known },
        () if has_record || all_known => Content::Remains,
        () => Content::Foreign,
    })
}

/// Whether a run left its configuration or a checkpoint there; either is enough to go on.
fn has_begun(path: &Path) -> bool {
    let checkpoints = || fs::read_dir(path.join(file::CHECKPOINTS)).into_iter().flatten().flatten();
    let is_checkpoint = |path: PathBuf| path.extension().is_some_and(|extension| extension == "ckpt");
    path.join(file::CONFIG).is_file() || checkpoints().any(|entry| is_checkpoint(entry.path()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn acquire(folder: &Path, existing: Existing) -> Result<RunSlot, Error> {
        RunSlot::acquire(&folder.join("artifacts"), "run", existing)
    }

    /// A folder with a run in it that holds these files.
    fn with(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in files {
            let path = folder.path().join("artifacts/run").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        folder
    }

    #[test]
    fn a_slot_that_becomes_no_run_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        drop(acquire(folder.path(), Existing::Keep).unwrap());
        assert!(!folder.path().join("artifacts").exists());
        fs::create_dir(folder.path().join("artifacts")).unwrap();
        drop(acquire(folder.path(), Existing::Resume).unwrap());
        assert!(folder.path().join("artifacts").exists() && !folder.path().join("artifacts/run").exists());
    }

    #[test]
    fn one_of_two_gets_the_place_whatever_they_want_with_it() {
        for files in [&[][..], &["config.toml", "run.json"]] {
            for first in [Existing::Replace, Existing::Resume] {
                for second in [Existing::Replace, Existing::Resume] {
                    let folder = with(files);
                    let held = acquire(folder.path(), first).unwrap();
                    assert!(matches!(acquire(folder.path(), second), Err(Error::RunBusy(_))));
                    let run = held.create().unwrap();
                    assert!(matches!(acquire(folder.path(), second), Err(Error::RunBusy(_))));
                    assert!(run.is_busy());
                    drop(run);
                    acquire(folder.path(), second).unwrap();
                }
            }
        }
    }

    #[test]
    fn what_is_left_of_a_run_is_known() {
        let checkpoint = "checkpoints/000000000001.ckpt";
        for (files, replaced, resumed) in [
            (&[".lock"][..], true, "new"),
            (&[".lock", ".emberlab-a1"], true, "new"),
            (&["config.toml"], true, "goes on"),
            (&["run.json", "metrics.csv"], true, "begins again"),
            (&["metrics.csv", "model.mpk", "plots/loss.svg"], true, "begins again"),
            (&["metrics.csv", checkpoint], true, "goes on"),
            (&["run.json", "config.toml", checkpoint, "notes.txt"], true, "goes on"),
            (&["config.toml", "notes.txt"], false, "goes on"),
            (&["metrics.csv", "notes.txt"], false, "refused"),
            (&["notes.txt"], false, "refused"),
            (&[".git"], false, "refused"),
        ] {
            let folder = with(files);
            let slot = acquire(folder.path(), Existing::Resume);
            let found = match &slot {
                Ok(slot) if slot.resumes().is_some() => "goes on",
                Ok(slot) if slot.begins_again() => "begins again",
                Ok(_) => "new",
                Err(_) => "refused",
            };
            assert_eq!(found, resumed, "{files:?}");
            drop(slot);
            files.iter().for_each(|name| assert!(folder.path().join("artifacts/run").join(name).exists()));

            let run = acquire(folder.path(), Existing::Replace).and_then(RunSlot::create);
            assert_eq!(run.is_ok(), replaced, "{files:?}");
            let left = |path: &Path| fs::read_dir(path).unwrap().count();
            if replaced {
                let artifacts = folder.path().join("artifacts");
                assert_eq!((left(&artifacts), left(&artifacts.join("run"))), (1, 1), "{files:?}");
            }
        }
    }

    #[test]
    fn a_run_that_is_kept_is_not_touched() {
        let folder = with(&["run.json", "config.toml", "metrics.csv"]);
        assert!(matches!(acquire(folder.path(), Existing::Keep), Err(Error::RunExists(_))));
        assert!(!folder.path().join("artifacts/run/.lock").exists());
    }

    #[test]
    fn what_a_killed_process_moved_aside_is_deleted_by_the_next() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("artifacts/.emberlab-replaced-x/checkpoints")).unwrap();
        let slot = acquire(folder.path(), Existing::Keep).unwrap();
        assert_eq!(fs::read_dir(folder.path().join("artifacts")).unwrap().count(), 1);
        drop(slot);
    }

    #[test]
    fn many_threads_that_replace_a_run_leave_one() {
        let folder = with(&["config.toml", "run.json", "metrics.csv", "checkpoints/000000000001.ckpt"]);
        let created = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    for _ in 0..30 {
                        match acquire(folder.path(), Existing::Replace).and_then(RunSlot::create) {
                            Ok(run) => {
                                run.write(file::CONFIG, b"").unwrap();
                                run.write(file::RECORD, b"").unwrap();
                                created.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                            }
                            Err(Error::RunBusy(_) | Error::RunExists(_)) => (),
                            Err(error) => panic!("{error}"),
                        }
                    }
                });
            }
        });
        assert!(created.into_inner() > 0);
        let artifacts = folder.path().join("artifacts");
        let mut left: Vec<_> =
            fs::read_dir(&artifacts).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["run"]);
    }
}
