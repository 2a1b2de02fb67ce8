//! Reading one table of a configuration, key by key.

use super::document::{Document, ESCAPE_HINT, EXTENDS, Table, Value};
use super::problem::{ConfigError, Location, Problem};
use super::rule::{Rule, nearest};
use emberlab_data::text::shown;
use std::cell::RefCell;

/// What was found out while reading: all problems, so that they are reported at once, and all keys that
/// were asked for.
#[derive(Debug, Default)]
pub(super) struct Problems {
    problems: RefCell<Vec<Problem>>,
    keys: RefCell<Vec<AskedKey>>,
}

/// A key that was asked for.
#[derive(Clone, Debug)]
pub(super) struct AskedKey {
    /// Its path.
    pub path: String,
    /// What it may hold, as a JSON schema.
    pub schema: serde_json::Value,
}

impl Problems {
    fn push(&self, location: Location, message: String) {
        self.problems.borrow_mut().push(Problem { location, message });
    }

    fn ask(&self, path: String, schema: serde_json::Value) {
        self.keys.borrow_mut().push(AskedKey { path, schema });
    }

    /// The keys that were asked for, in that order.
    pub fn into_keys(self) -> Vec<AskedKey> {
        self.keys.into_inner()
    }

    /// The error that tells them all, if there are any.
    pub fn finish(self, document: &Document) -> Result<(), ConfigError> {
        match self.problems.into_inner() {
            problems if problems.is_empty() => Ok(()),
            problems => Err(ConfigError::new(&document.path, problems)),
        }
    }
}

/// A table of the file; an empty one where the file leaves it out.
pub(super) struct Section<'a> {
    /// The dotted path of the table; empty for the file itself.
    path: String,
    table: Option<&'a Table>,
    location: Location,
    /// The keys that were asked for.
    known: Vec<&'static str>,
    problems: &'a Problems,
}

impl<'a> Section<'a> {
    pub fn root(document: &'a Document, problems: &'a Problems) -> Self {
        let table = Some(&document.table);
        Self { path: String::new(), table, location: Location::File, known: vec![EXTENDS], problems }
    }

    /// The table under `key`.
    pub fn table(&mut self, key: &'static str) -> Section<'a> {
        self.known.push(key);
        let mut location = self.location.clone();
        let mut table = None;
        if let Some(node) = self.table.and_then(|table| table.get(key)) {
            location = node.location.clone();
            match &node.value {
                Value::Table(inner) => table = Some(inner),
                other => self.problem(key, format!("is {other}, must be a table")),
            }
        }
        Section { path: self.full(key), table, location, known: Vec::new(), problems: self.problems }
    }

    /// The value of `key`, if the file has it and it is allowed.
    pub fn optional<T: 'a>(&mut self, key: &'static str, rule: Rule<'_, T>) -> Option<T> {
        self.known.push(key);
        self.problems.ask(self.full(key), rule.schema());
        let value = &self.table?.get(key)?.value;
        let read = rule.read(value);
        if read.is_none() {
            self.problem(key, not_allowed(value, &rule));
        }
        read
    }

    /// The value of `key`, or the default where the file leaves it out.
    pub fn value<T: 'a>(&mut self, key: &'static str, rule: Rule<'_, T>, default: T) -> T {
        self.optional(key, rule).unwrap_or(default)
    }

    /// The value of `key`, which every file must have.
    pub fn required<T: 'a>(&mut self, key: &'static str, rule: Rule<'_, T>) -> Option<T> {
        if !self.has(key) {
            self.problem(key, format!("is missing, must be {}", rule.allowed));
        }
        self.optional(key, rule)
    }

    /// Whether the file has `key`.
    pub fn has(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.contains_key(key))
    }

    /// Reports what is wrong with `key`: "`key` is …, must be …".
    pub fn problem(&self, key: &str, predicate: impl AsRef<str>) {
        let node = self.table.and_then(|table| table.get(key));
        let location = node.map_or(&self.location, |node| &node.location);
        self.problems.push(location.clone(), format!("`{}` {}", self.full(key), predicate.as_ref()));
    }

    /// Reports the keys that nobody asked for.
    pub fn finish(self) {
        let known_here = format!("known here: {}", quoted(&self.known));
        for (key, node) in self.table.into_iter().flatten() {
            if self.known.contains(&key.as_str()) {
                continue;
            }
            let hint = match nearest(key, self.known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => known_here.clone(),
            };
            let message = format!("unknown key `{}`, {hint}", self.full(&shown(key)));
            self.problems.push(node.key.clone(), message);
        }
    }

    fn full(&self, key: &str) -> String {
        match self.path.as_str() {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        }
    }
}

fn not_allowed<T>(value: &Value, rule: &Rule<'_, T>) -> String {
    let is = format!("is {value}, must be {}", rule.allowed);
    match value {
        Value::Text(text) if text.contains(char::is_control) && rule.allowed.ends_with("path") => {
            is + ESCAPE_HINT
        }
        Value::Text(text) => match nearest(text, rule.words.iter().copied()) {
            Some(near) => format!("{is}; did you mean {near:?}?"),
            None => is,
        },
        Value::Whole(_) | Value::Number(_) | Value::Flag(_) | Value::Raw(_) if rule.is_text() => {
            format!("{is}; a text stands in quotes, `\"{value}\"`")
        }
        _ => is,
    }
}

fn quoted(keys: &[&str]) -> String {
    let quoted: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    quoted.join(", ")
}
