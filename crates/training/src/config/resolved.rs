//! Writing a configuration back as TOML, in the order of the documentation.

use std::fmt::Write;

/// The text so far.
#[derive(Default)]
pub(super) struct Resolved(String);

impl Resolved {
    /// Starts a table.
    pub fn table(&mut self, name: &str) {
        self.push(format_args!("\n[{name}]\n"));
    }

    /// Writes one key.
    pub fn entry(&mut self, key: &str, value: impl Into<toml::Value>) {
        let value: toml::Value = value.into();
        self.push(format_args!("{key} = {value}\n"));
    }

    /// Writes one key where there is a value.
    pub fn optional(&mut self, key: &str, value: Option<impl Into<toml::Value>>) {
        if let Some(value) = value {
            self.entry(key, value);
        }
    }

    /// Writes a count.
    pub fn count(&mut self, key: &str, count: usize) {
        // Counts are at most 2⁵³.
        self.entry(key, count as i64);
    }

    pub fn into_text(self) -> String {
        self.0
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a `String` cannot fail.
        let _ = self.0.write_fmt(text);
    }
}
