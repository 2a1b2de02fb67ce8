//! Writing a configuration back as TOML, in the order of the documentation.

use super::document::Document;
use super::problem::Location;
use std::fmt::Write;

/// The text so far.
#[derive(Default)]
pub(super) struct Resolved<'a> {
    text: String,
    table: String,
    /// Where values came from, for those who want to know.
    origins: Option<&'a Document>,
}

/// The column of the comments that say so.
const COMMENT_COLUMN: usize = 40;

impl<'a> Resolved<'a> {
    /// A text that says behind each value where it came from.
    pub fn with_origins(document: &'a Document) -> Self {
        Self { origins: Some(document), ..Self::default() }
    }

    /// Starts a table.
    pub fn table(&mut self, name: &str) {
        self.push(format_args!("\n[{name}]\n"));
        name.clone_into(&mut self.table);
    }

    /// Writes one key.
    pub fn entry(&mut self, key: &str, value: impl Into<toml::Value>) {
        let value: toml::Value = value.into();
        self.line(key, format!("{key} = {value}"));
    }

    fn line(&mut self, key: &str, line: String) {
        let Some(document) = self.origins else { return self.push(format_args!("{line}\n")) };
        let path = if self.table.is_empty() { key.to_owned() } else { format!("{}.{key}", self.table) };
        let origin = match document.origin(&path) {
            None | Some(Location::File) => "default".to_owned(),
            Some(Location::Place(place)) => format!("{}:{}", place.path().display(), place.line()),
            Some(Location::Argument(argument)) => format!("--set {argument}"),
        };
        self.push(format_args!("{line:COMMENT_COLUMN$}  # {origin}\n"));
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
    pub fn inline<'k>(&mut self, key: &str, entries: impl IntoIterator<Item = (&'k str, toml::Value)>) {
        let entries: Vec<String> =
            entries.into_iter().map(|(key, value)| format!("{key} = {value}")).collect();
        self.line(key, format!("{key} = {{ {} }}", entries.join(", ")));
    }

    pub fn into_text(self) -> String {
        self.text
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a `String` cannot fail.
        let _ = self.text.write_fmt(text);
    }
}
