//! Deleting folders whole or not at all, and what killed processes left.
//!
//! A folder is deleted by renaming it to a temporary name first. Temporary names begin with [`PREFIX`]. A process that is
//! killed leaves a temporary file that nobody holds the lock of, or a renamed folder.

use crate::error::Error;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The beginning of temporary names.
pub const PREFIX: &str = ".emberlab-";
/// The beginning of the names of renamed folders.
const REPLACED: &str = ".emberlab-replaced-";
/// The end of the names of lock files, which are kept.
const LOCK_SUFFIX: &str = ".lock";
/// Attempts to delete a folder while other processes use it.
const ATTEMPTS: usize = 100;

/// Deletes what killed processes left in `folder`: unlocked temporary files and renamed folders. A missing folder has none.
///
/// # Errors
///
/// [`Error::Write`] when the folder cannot be read or a leftover cannot be deleted.
pub fn remove(folder: &Path) -> Result<(), Error> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(Error::write(folder))?,
    };
    for entry in entries {
        let entry = entry.map_err(Error::write(folder))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with(PREFIX) || name.ends_with(LOCK_SUFFIX) {
            continue;
        }
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && name.starts_with(REPLACED) => remove_folder(&path)?,
            Ok(kind) if kind.is_file() => remove_unless_locked(&path).map_err(Error::write(&path))?,
            // Something else, or already deleted by another process.
            _ => (),
        }
    }
    Ok(())
}

/// Calls [`try_remove`] once per process for each folder.
pub(crate) fn remove_once(folder: &Path) {
    static DONE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    if DONE.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned()) {
        try_remove(folder);
    }
}

/// Like [`remove`], but logs an error as a warning. Leftovers do no harm, and the disk may be read-only.
pub fn try_remove(folder: &Path) {
    if let Err(error) = remove(folder) {
        log::warn!("{error}");
    }
}

fn remove_unless_locked(path: &Path) -> io::Result<()> {
    // A file that cannot be opened belongs to another user or is already deleted.
    let Ok(file) = File::options().write(true).open(path) else { return Ok(()) };
    match file.try_lock() {
        Ok(()) => missing_is_fine(fs::remove_file(path)),
        Err(_) => Ok(()),
    }
}

/// Renames `folder` to a temporary name beside it and returns the new path. [`remove`] deletes it after a crash.
///
/// # Errors
///
/// [`Error::Write`].
pub fn move_aside(folder: &Path) -> Result<PathBuf, Error> {
    let beside = folder.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    let moved = builder.prefix(REPLACED).make_in(beside, |aside| fs::rename(folder, aside));
    let kept = moved.and_then(|moved| moved.into_temp_path().keep().map_err(io::Error::from));
    kept.map_err(Error::write(folder))
}

/// Deletes a folder and its content. Other processes may delete it at the same time.
///
/// # Errors
///
/// [`Error::Write`].
pub fn remove_folder(folder: &Path) -> Result<(), Error> {
    let mut removed = Ok(());
    for _ in 0..ATTEMPTS {
        removed = missing_is_fine(fs::remove_dir_all(folder));
        match &removed {
            Err(_) if !folder.exists() => return Ok(()),
            // Another process also deletes it, or has just written into it.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty) => (),
            _ => break,
        }
    }
    removed.map_err(Error::write(folder))
}

fn missing_is_fine(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::atomic::{temporary_file, write};

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn only_unlocked_temporary_files_are_leftovers() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| fs::write(folder.path().join(name), "half").unwrap();
        [".emberlab-killed", ".emberlab-fetch.lock", ".emberlike", "notes.txt"].into_iter().for_each(write);
        let moved = folder.path().join(".emberlab-replaced-x");
        fs::create_dir_all(moved.join("checkpoints")).unwrap();
        fs::create_dir(folder.path().join(".emberlab-unpack-x")).unwrap();
        let held = temporary_file(folder.path()).unwrap();
        remove(folder.path()).unwrap();
        let held_name = held.path().file_name().unwrap().to_str().unwrap();
        let mut expected =
            [".emberlab-fetch.lock", ".emberlab-unpack-x", ".emberlike", held_name, "notes.txt"];
        expected.sort_unstable();
        assert_eq!(names(folder.path()), expected);
        drop(held);
        remove(&folder.path().join("missing")).unwrap();
    }

    #[test]
    fn many_writers_and_cleaners_do_not_disturb_one_another() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for writer in 0..3 {
                let path = folder.path().join(format!("{writer}.txt"));
                scope.spawn(move || (0..60).for_each(|_| write(&path, b"whole").unwrap()));
            }
            for _ in 0..2 {
                scope.spawn(|| (0..2000).for_each(|_| remove(folder.path()).unwrap()));
            }
        });
        assert_eq!(names(folder.path()), ["0.txt", "1.txt", "2.txt"]);
    }

    #[test]
    fn two_processes_may_delete_one_folder() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let run = folder.path().join("run");
            for below in ["a", "b", "c"] {
                fs::create_dir_all(run.join(below)).unwrap();
                (0..20).for_each(|file| fs::write(run.join(below).join(file.to_string()), "").unwrap());
            }
            let aside = move_aside(&run).unwrap();
            assert!(!run.exists() && aside.join("a/0").exists());
            std::thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| remove(folder.path()).unwrap());
                }
            });
            assert!(names(folder.path()).is_empty());
        }
    }
}
