//! Writing a file whole or not at all, and deleting a folder whole or not at all.
//!
//! A file is written under a temporary name and then renamed; a folder is renamed and then deleted. A process that is
//! killed in between leaves something whose name begins with [`PREFIX`]. The writer holds a lock on its temporary file,
//! so that any later process can tell such a leftover from a file that is being written, and delete it.

use crate::error::Error;
use crate::growing_file::refuse_irregular;
use emberlab_data::file_lock::is_at;
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tempfile::NamedTempFile;

/// The beginning of temporary names.
pub const PREFIX: &str = ".emberlab-";
/// The beginning of the names of folders that are about to be deleted.
const REPLACED: &str = ".emberlab-replaced-";
/// The end of the names of files that are locks and stay.
const LOCK_SUFFIX: &str = ".lock";
/// How often a step is tried that another process may disturb.
const ATTEMPTS: usize = 100;

/// Writes `bytes` under a temporary name beside `path`, then renames. Deletes leftovers in the folder when this process
/// writes there for the first time.
///
/// # Errors
///
/// [`Error::Write`]; whatever was at `path` is then untouched.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_with(path, |file| file.write_all(bytes))
}

/// Writes what `fill` writes under a temporary name beside `path`, then renames, so that it is never all in memory.
///
/// # Errors
///
/// [`Error::Write`]; whatever was at `path` is then untouched.
pub fn write_with(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> io::Result<()>,
) -> Result<(), Error> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    remove_leftovers_once(folder);
    let write = || {
        let mut file = temporary_file(folder)?;
        let mut buffered = BufWriter::new(file.as_file_mut());
        fill(&mut buffered)?;
        buffered.flush()?;
        drop(buffered);
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(Error::write(path))
}

/// The same as [`write`], for a path that the user names: a device or a named pipe is not replaced by a file.
///
/// # Errors
///
/// [`Error::Write`]; whatever was at `path` is then untouched.
pub fn write_output(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    refuse_irregular(path)?;
    write(path, bytes)
}

/// A temporary file that this process holds the lock of.
fn temporary_file(folder: &Path) -> io::Result<NamedTempFile> {
    for _ in 0..ATTEMPTS {
        let file = builder().tempfile_in(folder)?;
        match file.as_file().try_lock() {
            Ok(()) if is_at(file.as_file(), file.path())? => return Ok(file),
            // Another process took it for a leftover before it was locked.
            Ok(()) | Err(TryLockError::WouldBlock) => (),
            // A file system without locks, where nothing is taken for a leftover.
            Err(TryLockError::Error(_)) => return Ok(file),
        }
    }
    Err(io::Error::other("another process deletes temporary files"))
}

/// Deletes what killed processes left in `folder`: temporary files that nobody holds the lock of, and folders that were
/// moved aside to be deleted.
///
/// # Errors
///
/// [`Error::Write`] when the folder cannot be read or a leftover cannot be deleted.
pub fn remove_leftovers(folder: &Path) -> Result<(), Error> {
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
            Ok(kind) if kind.is_file() => remove_unless_held(&path).map_err(Error::write(&path))?,
            // Of another kind, or deleted meanwhile.
            _ => (),
        }
    }
    Ok(())
}

/// The same, once for each folder, where that is possible. A leftover does no harm.
fn remove_leftovers_once(folder: &Path) {
    static DONE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    if DONE.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned()) {
        try_remove_leftovers(folder);
    }
}

/// [`remove_leftovers`] for a command that goes on where that is not possible, as on a disk that can only be read.
pub fn try_remove_leftovers(folder: &Path) {
    if let Err(error) = remove_leftovers(folder) {
        log::warn!("{error}");
    }
}

fn remove_unless_held(path: &Path) -> io::Result<()> {
    // A file that cannot be opened is somebody else's, or deleted meanwhile.
    let Ok(file) = File::options().write(true).open(path) else { return Ok(()) };
    match file.try_lock() {
        Ok(()) => missing_is_fine(fs::remove_file(path)),
        Err(_) => Ok(()),
    }
}

/// Renames `folder` to a temporary name beside it, which is returned; [`remove_leftovers`] knows it.
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

/// Deletes a folder with all that is in it, which another process may be doing too.
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
            // Another process deletes it too, or still wrote into it.
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

/// Temporary files are private by default; runs are as readable as other files of the user.
fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn only_what_nobody_writes_is_taken_for_a_leftover() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| fs::write(folder.path().join(name), "half").unwrap();
        [".emberlab-killed", ".emberlab-fetch.lock", ".emberlike", "notes.txt"].into_iter().for_each(write);
        let moved = folder.path().join(".emberlab-replaced-x");
        fs::create_dir_all(moved.join("checkpoints")).unwrap();
        fs::create_dir(folder.path().join(".emberlab-unpack-x")).unwrap();
        let held = temporary_file(folder.path()).unwrap();
        remove_leftovers(folder.path()).unwrap();
        let held_name = held.path().file_name().unwrap().to_str().unwrap();
        let mut expected =
            [".emberlab-fetch.lock", ".emberlab-unpack-x", ".emberlike", held_name, "notes.txt"];
        expected.sort_unstable();
        assert_eq!(names(folder.path()), expected);
        drop(held);
        remove_leftovers(&folder.path().join("missing")).unwrap();
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
                scope.spawn(|| (0..2000).for_each(|_| remove_leftovers(folder.path()).unwrap()));
            }
        });
        assert_eq!(names(folder.path()), ["0.txt", "1.txt", "2.txt"]);
    }

    #[cfg(unix)]
    #[test]
    fn an_output_replaces_files_only() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let error = write_output(&socket, b"new").unwrap_err().to_string();
        assert!(error.ends_with("something that is no regular file is there"), "{error}");
        assert!(!socket.metadata().unwrap().is_file());
        let file = folder.path().join("file");
        for content in ["first", "second"] {
            write_output(&file, content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), content);
        }
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
                    scope.spawn(|| remove_leftovers(folder.path()).unwrap());
                }
            });
            assert!(names(folder.path()).is_empty());
        }
    }
}
