//! A resolved configuration as a flat list, to compare with another.

use crate::config::{Config, renamed_keys};
use crate::error::Error;
use emberlab_data::open_regular;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

/// What of a file is read; larger ones are no configurations.
const MAX_FILE_SIZE: u64 = 1 << 20;

/// Each key with its path, as `training.epochs`, and its value as TOML writes it.
pub type Settings = BTreeMap<String, String>;

/// The settings of a run's `config.toml`.
///
/// # Errors
///
/// [`Error::Artifact`] when it cannot be read.
pub fn read(path: &Path) -> Result<Settings, Error> {
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
    match Config::parse(path, &text, &[]) {
        Ok(config) => flatten(&config.to_toml()),
        Err(_) => flatten(&text),
    }
    .map_err(fail)
}

/// The settings of a configuration's text.
///
/// # Errors
///
/// The end of a sentence about text that is no TOML.
pub fn flatten(text: &str) -> Result<Settings, String> {
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| format!("is damaged: {}", error.message().replace('\n', ", ")))?;
    let mut found = Settings::new();
    walk("", &table, &mut found);
    // Runs of earlier versions have the former names.
    for (former, present) in renamed_keys().map_err(|error| error.to_string())? {
        if let Some(value) = found.remove(&former) {
            found.insert(present, value);
        }
    }
    Ok(found)
}

fn walk(prefix: &str, table: &toml::Table, found: &mut Settings) {
    for (key, value) in table {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(table) => walk(&path, table, found),
            value => drop(found.insert(path, value.to_string())),
        }
    }
}
