//! The lock and the temporary folders of a fetch, in the directory of data.

use crate::error::DataError;
use crate::file_lock::FileLock;
use std::fs;
use std::path::Path;

/// The file that is locked while a process fetches.
pub(super) const LOCK: &str = ".emberlab-fetch.lock";

/// Keeps other processes from fetching into the same folder.
pub(super) fn lock(directory: &Path) -> Result<FileLock, DataError> {
    let path = directory.join(LOCK);
    let busy = || DataError::Busy { path: directory.to_owned() };
    FileLock::try_take(&path).map_err(DataError::write(&path))?.ok_or_else(busy)
}

/// Deletes leftovers of killed processes beside an existing set, where the folder is writable and no other process
/// holds the lock.
pub(super) fn clear(directory: &Path) {
    if let Ok(Some(lock)) = FileLock::try_take(&directory.join(LOCK)) {
        // Leftovers do no harm where they cannot be deleted.
        let _ = remove_leftovers(directory);
        let _ = lock.remove();
    }
}

/// The prefix of the names of temporary folders.
const TEMPORARY: &str = ".emberlab-unpack-";

/// A new temporary folder in `directory`.
pub(super) fn temporary_folder(directory: &Path) -> Result<tempfile::TempDir, DataError> {
    remove_leftovers(directory)?;
    let folder = tempfile::Builder::new().prefix(TEMPORARY).tempdir_in(directory);
    folder.map_err(DataError::write(directory))
}

/// Deletes the temporary folders of killed processes. The caller holds the lock, so no other process uses them.
fn remove_leftovers(directory: &Path) -> Result<(), DataError> {
    for entry in fs::read_dir(directory).map_err(DataError::open(directory))? {
        let entry = entry.map_err(DataError::open(directory))?;
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            fs::remove_dir_all(entry.path()).map_err(DataError::write(&entry.path()))?;
        }
    }
    Ok(())
}
