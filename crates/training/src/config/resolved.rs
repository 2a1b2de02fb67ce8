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

    /// Writes a list of counts.
    pub fn counts(&mut self, key: &str, counts: &[usize]) {
        let counts: Vec<i64> = counts.iter().map(|&count| count as i64).collect();
        self.entry(key, counts);
    }

    /// Writes a table on one line.
    pub fn inline<'a>(&mut self, key: &str, entries: impl IntoIterator<Item = (&'a str, toml::Value)>) {
        let entries: Vec<String> =
            entries.into_iter().map(|(key, value)| format!("{key} = {value}")).collect();
        self.push(format_args!("{key} = {{ {} }}\n", entries.join(", ")));
    }

    pub fn into_text(self) -> String {
        self.0
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a `String` cannot fail.
        let _ = self.0.write_fmt(text);
    }
}
