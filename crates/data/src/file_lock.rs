//! An exclusive lock between processes, held on a file.
//!
//! The system releases the lock when the process that holds it ends, however it ends. The file may be deleted or moved
//! with its folder while another process waits for it, so a lock counts only while the file is still at its path.

use crate::regular_file::open_regular;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

/// How often a lock is tried. [`FileLock::is_held`] holds a lock for a moment, which must not look like a busy process.
const ATTEMPTS: usize = 10;
/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(10);

/// A lock that this process holds until it is dropped.
#[derive(Debug)]
pub struct FileLock {
    file: File,
    path: PathBuf,
}

impl FileLock {
    /// Takes the lock on `path`, creating the file where it is missing. Returns `None` when another process holds it.
    ///
    /// # Errors
    ///
    /// Those of opening and locking the file, [`ErrorKind::NotFound`] when its folder is missing.
    pub fn try_take(path: &Path) -> io::Result<Option<Self>> {
        // Opening a named pipe would wait for ever.
        if let Err(error) = open_regular(path)
            && error.kind() == ErrorKind::InvalidInput
        {
            return Err(error);
        }
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                sleep(PAUSE);
            }
            let file = File::options().write(true).create(true).truncate(false).open(path)?;
            match file.try_lock() {
                Ok(()) if is_at(&file, path)? => return Ok(Some(Self { file, path: path.to_owned() })),
                // Another process deleted or moved the file before it was locked here.
                Ok(()) | Err(TryLockError::WouldBlock) => (),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Whether a process holds the lock on `path`. A file that cannot be opened counts as free.
    pub fn is_held(path: &Path) -> bool {
        let Ok(file) = open_regular(path) else { return false };
        let locked = file.try_lock_shared();
        if locked.is_ok() {
            unlock(&file);
        }
        matches!(locked, Err(TryLockError::WouldBlock))
    }

    /// Deletes the file, then releases the lock.
    ///
    /// # Errors
    ///
    /// Those of deleting the file, except that it is missing.
    pub fn remove(self) -> io::Result<()> {
        if is_at(&self.file, &self.path)? { fs::remove_file(&self.path) } else { Ok(()) }
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        unlock(&self.file);
    }
}

/// Releases a lock at once. Closing the file is not enough: a process that is being started by another thread has a copy of it
/// until it is another program.
fn unlock(file: &File) {
    // Closing the file, which follows, releases the lock too.
    let _ = file.unlock();
}

/// Whether `file` is the one that is at `path` now.
///
/// # Errors
///
/// Those of reading either's metadata, except that nothing is at `path`.
pub fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let there = match fs::metadata(path) {
        Ok(there) => there,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let held = file.metadata()?;
        Ok((held.dev(), held.ino()) == (there.dev(), there.ino()))
    }
    // Elsewhere an open file can be neither deleted nor moved.
    #[cfg(not(unix))]
    {
        let _ = (file, there);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_lock_is_held_by_one_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        assert!(!FileLock::is_held(&path));
        let held = FileLock::try_take(&path).unwrap().unwrap();
        assert!(FileLock::is_held(&path));
        assert!(FileLock::try_take(&path).unwrap().is_none());
        drop(held);
        assert!(!FileLock::is_held(&path));
        FileLock::try_take(&path).unwrap().unwrap().remove().unwrap();
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_is_free_once_it_is_dropped_though_another_thread_starts_processes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let over = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(std::sync::atomic::Ordering::SeqCst) {
                    assert!(std::process::Command::new("true").status().unwrap().success());
                }
            });
            let still_held = (0..500)
                .filter(|_| {
                    drop(FileLock::try_take(&path).unwrap().unwrap());
                    FileLock::is_held(&path)
                })
                .count();
            over.store(true, std::sync::atomic::Ordering::SeqCst);
            assert_eq!(still_held, 0);
        });
    }

    #[cfg(unix)]
    #[test]
    fn the_lock_of_a_folder_that_was_moved_away_does_not_count_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let (run, aside) = (folder.path().join("run"), folder.path().join("aside"));
        fs::create_dir(&run).unwrap();
        let old = FileLock::try_take(&run.join("lock")).unwrap().unwrap();
        fs::rename(&run, &aside).unwrap();
        fs::create_dir(&run).unwrap();
        let new = FileLock::try_take(&run.join("lock")).unwrap().unwrap();
        // The old one is not at its path any more, so that it deletes nothing there.
        old.remove().unwrap();
        assert!(run.join("lock").exists() && FileLock::is_held(&run.join("lock")));
        drop(new);
    }

    #[test]
    fn many_threads_that_delete_the_file_hold_the_lock_one_after_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let inside = std::sync::atomic::AtomicUsize::new(0);
        let taken = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let Some(lock) = FileLock::try_take(&path).unwrap() else { continue };
                        assert_eq!(inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                        taken.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                        lock.remove().unwrap();
                    }
                });
            }
        });
        assert!(taken.into_inner() > 0);
    }
}
