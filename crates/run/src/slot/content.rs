//! The content of the directory of a run that begins, is replaced or is resumed.

use crate::directory::file;
use crate::error::Error;
use crate::leftovers;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

/// The content of a run's directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Only a lock and temporary files, or no directory.
    Nothing,
    /// A run that can be resumed. `replaceable` if it has a record or no files of other programs.
    Run { replaceable: bool },
    /// A run without a configuration and without a checkpoint, for example one that was being deleted.
    Remains,
    /// Something else.
    Foreign,
}

impl Content {
    /// Reads the names in a directory.
    ///
    /// # Errors
    ///
    /// [`Error::Artifact`] when the directory or that of its checkpoints cannot be read.
    pub(super) fn of(path: &Path) -> Result<Self, Error> {
        let unreadable = |error: io::Error| Error::artifact(path, error);
        let mut names = Vec::new();
        match fs::read_dir(path) {
            Err(error) if error.kind() == ErrorKind::NotADirectory => return Ok(Self::Foreign),
            // Another process has moved the directory aside, or the path is a broken link.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(if path.is_symlink() { Self::Foreign } else { Self::Nothing });
            }
            entries => {
                for entry in entries.map_err(unreadable)? {
                    let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
                    if name != file::LOCK && !name.starts_with(leftovers::PREFIX) {
                        names.push(name);
                    }
                }
            }
        }
        let all_known = names.iter().all(|name| file::ALL.contains(&name.as_str()));
        let replaceable = all_known || path.join(file::RECORD).is_file();
        Ok(if names.is_empty() {
            Self::Nothing
        } else if can_resume(path)? {
            Self::Run { replaceable }
        } else if replaceable {
            Self::Remains
        } else {
            Self::Foreign
        })
    }
}

/// Whether a run's configuration or a checkpoint is in the directory. Either is enough to resume.
///
/// # Errors
///
/// [`Error::Artifact`] when the directory of checkpoints is there and cannot be read.
fn can_resume(path: &Path) -> Result<bool, Error> {
    if path.join(file::CONFIG).is_file() {
        return Ok(true);
    }
    let checkpoints = path.join(file::CHECKPOINTS);
    let unreadable = |error: io::Error| Error::artifact(&checkpoints, error);
    let entries = match fs::read_dir(&checkpoints) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(false);
        }
        entries => entries.map_err(unreadable)?,
    };
    for entry in entries {
        if entry.map_err(unreadable)?.path().extension().is_some_and(|extension| extension == "ckpt") {
            return Ok(true);
        }
    }
    Ok(false)
}
