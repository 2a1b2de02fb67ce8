//! The lock and the folders that were created for a run.

use crate::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The lock and the folders that were created for a run that has not begun.
#[derive(Clone, Debug, Default)]
pub struct Unused {
    pub(super) lock: Option<PathBuf>,
    /// The outer first.
    pub(super) folders: Vec<PathBuf>,
}

impl Unused {
    /// Deletes them. The caller holds the lock. A folder that cannot be deleted stays; an empty folder does no harm.
    pub fn delete(&self) {
        if let Some(lock) = &self.lock {
            let _ = fs::remove_file(lock);
        }
        for folder in self.folders.iter().rev() {
            // Fails if another process uses the folder.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Creates a directory and its missing parents, and returns those that it created, the outer first.
///
/// # Errors
///
/// [`Error::Write`]; everything that was created is then deleted.
pub(super) fn create_missing(path: &Path) -> Result<Vec<PathBuf>, Error> {
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
                Unused { lock: None, folders: created }.delete();
                return Err(Error::write(folder)(error));
            }
        }
    }
    Ok(created)
}
