//! A resolved configuration as a flat list, to compare with another.

use super::{Config, renamed_keys};
use std::collections::BTreeMap;
use std::path::Path;

/// Each key with its path, as `training.epochs`, and its value as TOML writes it.
pub type Settings = BTreeMap<String, String>;

/// The settings of a configuration's text with the defaults of keys that it does not set, where it is valid; else those that
/// it sets. `path` is where it comes from.
///
/// # Errors
///
/// The end of a sentence about text that is not TOML.
pub fn resolve(path: &Path, text: &str) -> Result<Settings, String> {
    match Config::parse(path, text, &[]) {
        Ok(config) => flatten(&config.to_toml()),
        Err(_) => flatten(text),
    }
}

/// The settings of a configuration's text.
///
/// # Errors
///
/// The end of a sentence about text that is not TOML.
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
        walk_value(path, value, found);
    }
}

fn walk_value(path: String, value: &toml::Value, found: &mut Settings) {
    match value {
        toml::Value::Table(table) => walk(&path, table, found),
        toml::Value::Array(items) if items.first().is_some_and(toml::Value::is_table) => {
            for (index, item) in items.iter().enumerate() {
                walk_value(format!("{path}.{index}"), item, found);
            }
        }
        value => drop(found.insert(path, value.to_string())),
    }
}
