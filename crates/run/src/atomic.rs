//! Writing a file whole or not at all.
//!
//! A file is written under a temporary name and then renamed. The writer holds a lock on the temporary file, so that
//! another process can tell it from one that a killed process left; see [`crate::leftovers`].

use crate::directory::file;
use crate::error::Error;
use crate::growing_file::refuse_irregular;
use crate::leftovers;
use emberlab_data::file_lock::is_at;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// Attempts to create a temporary file while other processes delete it.
const ATTEMPTS: usize = 100;

/// Writes `bytes` to `path`. The first write of a process to a folder also deletes leftovers there.
///
/// # Errors
///
/// [`Error::Write`]; an existing file at `path` is then unchanged.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_with(path, |file| file.write_all(bytes))
}

/// Like [`write()`], but `fill` writes the bytes, so that they need not be in memory at once.
///
/// # Errors
///
/// [`Error::Write`]; an existing file at `path` is then unchanged.
pub fn write_with(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> io::Result<()>,
) -> Result<(), Error> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    leftovers::remove_once(folder);
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

/// Like [`write()`], for a path from the user: does not replace a device, a named pipe, or a file of a run.
///
/// # Errors
///
/// [`Error::Write`], [`Error::RunFile`]; an existing file at `path` is then unchanged.
pub fn write_output(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    refuse_irregular(path)?;
    if is_of_a_run(path) {
        return Err(Error::RunFile(path.to_owned()));
    }
    write(path, bytes)
}

/// Whether a run wrote the file at `path`.
fn is_of_a_run(path: &Path) -> bool {
    let Ok(path) = fs::canonicalize(path) else { return false };
    let is_known = path.file_name().is_some_and(|name| file::ALL.iter().any(|known| name == *known));
    is_known && path.with_file_name(file::RECORD).is_file()
}

/// Creates a temporary file and locks it.
pub(crate) fn temporary_file(folder: &Path) -> io::Result<NamedTempFile> {
    // The error about a missing folder then does not name the temporary file.
    fs::metadata(folder)?;
    for _ in 0..ATTEMPTS {
        let file = builder().tempfile_in(folder)?;
        match file.as_file().try_lock() {
            Ok(()) if is_at(file.as_file(), file.path())? => return Ok(file),
            // Another process took it for a leftover before the lock was taken.
            Ok(()) | Err(TryLockError::WouldBlock) => (),
            // A file system without locks, on which no process deletes leftovers.
            Err(TryLockError::Error(_)) => return Ok(file),
        }
    }
    Err(io::Error::other("another process deletes temporary files"))
}

/// Temporary files are private by default. Those of a run get the permissions of other new files.
fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(leftovers::PREFIX);
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

    #[test]
    fn an_output_replaces_no_file_of_a_run() {
        let folder = tempfile::tempdir().unwrap();
        let metrics = folder.path().join(file::METRICS);
        write_output(&metrics, b"not of a run").unwrap();
        write(&folder.path().join(file::RECORD), b"{}").unwrap();
        assert!(matches!(write_output(&metrics, b"new"), Err(Error::RunFile(path)) if path == metrics));
        assert_eq!(fs::read(&metrics).unwrap(), b"not of a run");
        write_output(&folder.path().join("model.onnx"), b"new").unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn an_output_replaces_only_files() {
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
}
