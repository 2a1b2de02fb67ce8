//! `config.toml`: the resolved configuration.

use crate::error::Error;
use emberlab_config::settings::{self, Settings};
use emberlab_data::open_regular;
use std::io::{self, Read};
use std::path::Path;

/// Larger files are no configurations.
const MAX_FILE_SIZE: u64 = 1 << 20;

/// The settings of a run's `config.toml`.
///
/// # Errors
///
/// [`Error::Artifact`] when it cannot be read.
pub fn read_settings(path: &Path) -> Result<Settings, Error> {
    let fail = |reason: String| Error::Artifact { path: path.to_owned(), reason };
    let text = open_regular(path).and_then(|file| {
        let mut text = String::new();
        file.take(MAX_FILE_SIZE).read_to_string(&mut text).map(|_| text)
    });
    let text = text.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => fail("is missing".into()),
        _ => fail(format!("cannot be read: {error}")),
    })?;
    // Keys that were not there when the run was begun have their defaults.
    settings::resolve(path, &text).map_err(fail)
}
