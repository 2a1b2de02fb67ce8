//! `config.toml`: the resolved configuration.

use crate::error::Error;
use crate::problem::FileProblem;
use emberlab_config::settings::{self, Settings};
use emberlab_data::open_regular;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The most bytes that are read.
const MAX_FILE_SIZE: u64 = 1 << 20;

/// Reads the settings of a run's `config.toml`. Keys that the file lacks, because the run is of an earlier version, have
/// their defaults.
///
/// # Errors
///
/// [`Error::Artifact`] when the file cannot be read, is too large or is not TOML.
pub fn read_settings(path: &Path) -> Result<Settings, Error> {
    let text = read(path).map_err(|problem| Error::artifact(path, problem))?;
    settings::resolve(path, &text).map_err(|reason| Error::artifact(path, reason))
}

fn read(path: &Path) -> Result<String, FileProblem> {
    let mut bytes = Vec::new();
    open_regular(path)?.take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_SIZE {
        return Err(FileProblem::TooLarge { limit: MAX_FILE_SIZE });
    }
    String::from_utf8(bytes).map_err(|error| io::Error::new(ErrorKind::InvalidData, error).into())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_file_that_is_too_large_is_refused_instead_of_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        // A comment that ends with a character of two bytes.
        let text = |size: usize| format!("#{}é", "x".repeat(size - 3));
        std::fs::write(&path, text(MAX_FILE_SIZE as usize)).unwrap();
        assert!(!matches!(
            read_settings(&path),
            Err(Error::Artifact { problem: FileProblem::TooLarge { .. } | FileProblem::Unreadable(_), .. })
        ));
        std::fs::write(&path, text(MAX_FILE_SIZE as usize + 1)).unwrap();
        assert!(matches!(
            read_settings(&path),
            Err(Error::Artifact { problem: FileProblem::TooLarge { limit: MAX_FILE_SIZE }, .. })
        ));
    }
}
