//! `config.toml`: the resolved configuration.

use crate::error::Error;
use emberlab_config::settings::{self, Settings};
use emberlab_data::open_regular;
use std::io::Read;
use std::path::Path;

/// The most bytes that are read.
const MAX_FILE_SIZE: u64 = 1 << 20;

/// Reads the settings of a run's `config.toml`. Keys that the file lacks, because the run is of an earlier version, have
/// their defaults.
///
/// # Errors
///
/// [`Error::Artifact`] when the file cannot be read or is not TOML.
pub fn read_settings(path: &Path) -> Result<Settings, Error> {
    let mut text = String::new();
    open_regular(path)
        .and_then(|file| file.take(MAX_FILE_SIZE).read_to_string(&mut text))
        .map_err(|error| Error::artifact(path, error))?;
    settings::resolve(path, &text).map_err(|reason| Error::artifact(path, reason))
}
