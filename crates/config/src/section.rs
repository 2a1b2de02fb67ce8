//! One table of a configuration, read from a document or written to a file.
//!
//! Each table has one function, `keys`, that declares its keys. The same function reads and writes: while
//! reading, [`Section::value`] returns the value of the document or the default; while writing, it writes the
//! `written` value and returns it. While reading, the declarations are also collected: the JSON schema, the list of
//! former names and the page of all keys are made from them.
//!
//! To add a key, add a field to the struct of its table and a declaration to `keys`:
//!
//! ```ignore
//! pub(super) fn keys(mut section: Section<'_>, written: Option<&Self>) -> Self {
//!     let tensorboard = key("tensorboard", flag(), "write an event file for TensorBoard");
//!     let tensorboard = section.value(tensorboard, false, written.map(|metrics| metrics.tensorboard));
//!     section.finish();
//!     Self { tensorboard }
//! }
//! ```
//!
//! A key whose `written` value is `None` is left out of the file. In a path a position in a list of tables is a number, as
//! in `model.layers.0.kind`; in a declaration it is `*`.

use super::document::Document;
use super::findings::{Declaration, Findings};
use super::key::{Alias, Key};
use super::location::Location;
use super::nearest::{nearest, value_hint};
use super::output::Output;
use super::problem::ProblemKind;
use super::rule::Rule;
use super::value::{Table, Value};
use emberlab_data::text::shown;

/// A table.
pub(super) struct Section<'a> {
    /// The dotted path of the table; empty for the file itself.
    path: String,
    side: Side<'a>,
    /// The keys declared so far.
    known: Vec<&'static str>,
}

enum Side<'a> {
    Reading(Reading<'a>),
    Writing(Writing<'a>),
}

struct Reading<'a> {
    /// `None` if the document leaves the table out.
    table: Option<&'a Table>,
    location: Location,
    findings: &'a Findings,
    /// Whether the table can be left out although it has required keys.
    optional: bool,
}

struct Writing<'a> {
    output: &'a Output<'a>,
    /// Entries of a table that is written on one line; `None` for one with a header.
    inline: Option<Vec<String>>,
    /// Whether the table is written at all.
    shown: bool,
}

impl<'a> Section<'a> {
    /// The whole document.
    pub fn reading(document: &'a Document, findings: &'a Findings) -> Self {
        let table = Some(&document.table);
        let reading = Reading { table, location: Location::File, findings, optional: false };
        Self { path: String::new(), side: Side::Reading(reading), known: Vec::new() }
    }

    /// The whole file.
    pub fn writing(output: &'a Output<'a>) -> Self {
        let writing = Writing { output, inline: None, shown: true };
        Self { path: String::new(), side: Side::Writing(writing), known: Vec::new() }
    }

    /// The table under `name`, which is always written.
    pub fn table(&mut self, name: &'static str) -> Self {
        self.inner(name, false, true, false)
    }

    /// The table under `name`, whose required keys are required only if it is given. It is written if `shown`.
    pub fn optional_table(&mut self, name: &'static str, shown: bool) -> Self {
        self.inner(name, true, shown, false)
    }

    /// The same, written on one line.
    pub fn inline_table(&mut self, name: &'static str, shown: bool) -> Self {
        self.inner(name, true, shown, true)
    }

    /// The same, whose required keys are required.
    pub fn required_inline_table(&mut self, name: &'static str, shown: bool) -> Self {
        self.inner(name, false, shown, true)
    }

    fn inner(&mut self, name: &'static str, optional: bool, shown: bool, inline: bool) -> Self {
        self.known.push(name);
        let path = self.full(name);
        let side = match &self.side {
            Side::Reading(reading) => {
                let node = reading.table.and_then(|table| table.get(name));
                let location = node.map_or(&reading.location, |node| &node.location).clone();
                let table = match node.map(|node| &node.value) {
                    Some(Value::Table(table)) => Some(table),
                    Some(other) => {
                        self.problem(name, format!("is {other}, must be a table"));
                        None
                    }
                    None => None,
                };
                Side::Reading(Reading { table, location, findings: reading.findings, optional })
            }
            Side::Writing(writing) => {
                if shown && !inline {
                    writing.output.header(&path);
                }
                Side::Writing(Writing { output: writing.output, inline: inline.then(Vec::new), shown })
            }
        };
        Self { path, side, known: Vec::new() }
    }

    /// The list of tables under `name`, each read or written by `item`, which receives the table and, while writing, the
    /// value. Keys of a table must be declared before its lists, because in a file a list ends the keys.
    pub fn tables<T>(
        &mut self,
        name: &'static str,
        about: &'static str,
        written: Option<&[T]>,
        mut item: impl FnMut(Section<'a>, Option<&T>) -> Option<T>,
    ) -> Vec<T> {
        self.known.push(name);
        let path = self.full(name);
        match &self.side {
            Side::Reading(reading) => {
                self.declare_tables(reading, name, about);
                let items = self.items(reading, name);
                items
                    .into_iter()
                    .enumerate()
                    .filter_map(|(index, (table, location))| {
                        let reading = Reading {
                            table: Some(table),
                            location,
                            findings: reading.findings,
                            optional: false,
                        };
                        let path = format!("{path}.{index}");
                        item(Self { path, side: Side::Reading(reading), known: Vec::new() }, None)
                    })
                    .collect()
            }
            Side::Writing(writing) => {
                let items = written.unwrap_or_default().iter().enumerate();
                items
                    .filter_map(|(index, value)| {
                        writing.output.list_header(&list_path(&path));
                        let writing = Writing { output: writing.output, inline: None, shown: true };
                        let path = format!("{path}.{index}");
                        item(Self { path, side: Side::Writing(writing), known: Vec::new() }, Some(value))
                    })
                    .collect()
            }
        }
    }

    /// The tables of a list with their places.
    fn items(&self, reading: &Reading<'a>, name: &str) -> Vec<(&'a Table, Location)> {
        let Some(node) = reading.table.and_then(|table| table.get(name)) else { return Vec::new() };
        let Value::List(items) = &node.value else {
            let value = &node.value;
            let header = list_path(&self.full(name));
            self.problem(name, format!("is {value}, must be a list of tables, each under `[[{header}]]`"));
            return Vec::new();
        };
        let tables = items.iter().enumerate().filter_map(|(index, item)| match &item.value {
            Value::Table(table) => Some((table, item.location.clone())),
            other => {
                let (key, reason) =
                    (format!("{}.{index}", self.full(name)), format!("is {other}, must be a table"));
                reading.findings.push(item.location.clone(), ProblemKind::InvalidUse { key, reason });
                None
            }
        });
        tables.collect()
    }

    fn declare_tables(&self, reading: &Reading<'a>, name: &str, about: &'static str) {
        let path = general_path(&self.full(name));
        reading.findings.declare(Declaration::of_tables(path, about));
    }

    /// A key with a default.
    pub fn value<T>(&mut self, key: Key<'_, T>, default: T, written: Option<T>) -> T {
        let text = match key.default_text {
            Some(text) => text.to_owned(),
            None => key.rule.write(&default).map_or_else(String::new, |value| format!("`{value}`")),
        };
        self.visit(&key, &text, written).unwrap_or(default)
    }

    /// A key that can be left out.
    pub fn optional<T>(&mut self, key: Key<'_, T>, written: Option<T>) -> Option<T> {
        self.visit(&key, key.default_text.unwrap_or("none"), written)
    }

    /// A key that every file must have.
    pub fn required<T>(&mut self, key: Key<'_, T>, written: Option<T>) -> Option<T> {
        if let Side::Reading(reading) = &self.side
            && !(reading.optional && reading.table.is_none())
            && !key.names().any(|name| self.has(name))
        {
            let allowed = key.rule.allowed.clone();
            self.push(key.name, ProblemKind::MissingKey { key: self.full(key.name), allowed });
        }
        self.visit(&key, "required", written)
    }

    fn visit<T>(&mut self, key: &Key<'_, T>, default: &str, written: Option<T>) -> Option<T> {
        for name in key.names() {
            if !self.known.contains(&name) {
                self.known.push(name);
            }
        }
        if let Side::Reading(reading) = &self.side {
            reading.findings.declare(Declaration::of(key, general_path(&self.full(key.name)), default));
            return self.read(key);
        }
        if let Some(value) = written.as_ref().and_then(|value| key.rule.write(value)) {
            let paths: Vec<String> = key.names().map(|name| self.full(name)).collect();
            self.write(&format!("{} = {value}", key.name), &paths);
        }
        written
    }

    fn read<T>(&self, key: &Key<'_, T>) -> Option<T> {
        let value = self.read_name(key.name, &key.rule);
        let Some(alias) = key.alias.filter(|alias| self.has(alias.name())) else { return value };
        let (name, alias_name) = (key.name, alias.name());
        let other = self.read_name(alias_name, key.alias_rule());
        match (alias, self.has(name)) {
            (Alias::Also(_), true) => {
                self.meaningless(
                    alias_name,
                    format!("has no meaning beside `{name}`, which is the same key"),
                );
            }
            (Alias::Former(_), true) => {
                self.meaningless(alias_name, format!("is the former name of `{name}`; give only that one"));
            }
            (Alias::Also(_), false) => (),
            (Alias::Former(_), false) => self.note_former(key, alias_name, other.as_ref()),
        }
        value.or(other)
    }

    /// Notes that a key has another name, and in what way its value is written now if that has changed too.
    fn note_former<T>(&self, key: &Key<'_, T>, former: &str, value: Option<&T>) {
        let Side::Reading(reading) = &self.side else { return };
        let (path, name) = (self.full(former), key.name);
        let present = value.filter(|_| key.former_rule.is_some()).and_then(|value| key.rule.write(value));
        reading.findings.note(match present {
            Some(present) => format!("`{path}` is now called `{name}`, and this value `{present}`"),
            None => format!("`{path}` is now called `{name}`"),
        });
    }

    fn read_name<T>(&self, name: &str, rule: &Rule<'_, T>) -> Option<T> {
        let Side::Reading(Reading { table: Some(table), .. }) = &self.side else { return None };
        let value = &table.get(name)?.value;
        let read = rule.read(value);
        if read.is_none() {
            let hint = value_hint(value, rule);
            let (value, allowed) = (value.to_string(), rule.allowed.clone());
            self.push(name, ProblemKind::InvalidValue { key: self.full(name), value, allowed, hint });
        }
        read
    }

    fn write(&mut self, entry: &str, paths: &[String]) {
        match &mut self.side {
            Side::Writing(Writing { shown: true, inline: Some(entries), .. }) => {
                entries.push(entry.to_owned())
            }
            Side::Writing(Writing { shown: true, output, inline: None }) => {
                output.line(entry, paths);
            }
            _ => (),
        }
    }

    /// Whether the document has the key.
    pub fn has(&self, name: &str) -> bool {
        matches!(&self.side, Side::Reading(Reading { table: Some(table), .. }) if table.contains_key(name))
    }

    /// Whether the list of tables under `name`, if the document has one, was read as `n_read` values: all of its items.
    pub fn is_read(&self, name: &str, n_read: usize) -> bool {
        let Side::Reading(Reading { table: Some(table), .. }) = &self.side else { return true };
        match table.get(name).map(|node| &node.value) {
            None => true,
            Some(Value::List(items)) => items.len() == n_read,
            Some(_) => false,
        }
    }

    /// Whether the document has this table.
    pub fn is_given(&self) -> bool {
        matches!(&self.side, Side::Reading(Reading { table: Some(_), .. }))
    }

    /// Reports that the value of a key contradicts another key or the data: "`key` is …, must be …". The key can lie deeper, as
    /// `layers.0.stride`.
    pub fn problem(&self, name: &str, reason: impl Into<String>) {
        self.push(name, ProblemKind::InvalidUse { key: self.full(name), reason: reason.into() });
    }

    /// Keeps a sentence for the user about something that is no error.
    pub fn note(&self, note: &str) {
        if let Side::Reading(reading) = &self.side {
            reading.findings.note(note.to_owned());
        }
    }

    /// Reports that the document has a key that means nothing beside the value of another key: "`key` has no meaning …". Nothing is
    /// reported of a key that it does not have.
    pub fn meaningless(&self, name: &str, reason: impl Into<String>) {
        if self.has(name) {
            self.push(name, ProblemKind::Meaningless { key: self.full(name), reason: reason.into() });
        }
    }

    /// Accepts a key that earlier versions wrote although it has no effect. Notes it, with the reason.
    pub fn without_effect(&mut self, name: &'static str, reason: &str) {
        if !self.has(name) {
            return;
        }
        self.known.push(name);
        if let Side::Reading(reading) = &self.side {
            reading.findings.note(format!("`{}` has no effect: {reason}", self.full(name)));
        }
    }

    /// Reports keys that the document has although they have no meaning for `what`.
    pub fn refuse(&self, names: &[&str], what: &str) {
        names.iter().for_each(|name| self.meaningless(name, format!("has no meaning for {what}")));
    }

    fn push(&self, name: &str, kind: ProblemKind) {
        if let Side::Reading(Reading { table, location, findings, .. }) = &self.side {
            let mut parts = name.split('.');
            let node = table.zip(parts.next()).and_then(|(table, first)| table.get(first));
            let node = parts.fold(node, |node, part| node.and_then(|node| node.value.child(part)));
            findings.push(node.map_or(location, |node| &node.location).clone(), kind);
        }
    }

    /// Ends the table: reports keys that were not declared, or writes the line of a table on one line.
    pub fn finish(self) {
        match &self.side {
            Side::Reading(reading) => self.report_unknown(reading, false),
            Side::Writing(Writing { shown: true, output, inline: Some(entries) }) => {
                let name = self.path.rsplit('.').next().unwrap_or_default();
                let line = format!("{name} = {{ {} }}", entries.join(", "));
                output.line(&line, std::slice::from_ref(&self.path));
            }
            Side::Writing(_) => (),
        }
    }

    /// Ends the table early, because a key is missing on which the others depend: reports those that are meant to be one of the
    /// keys declared so far.
    pub fn finish_early(&self) {
        if let Side::Reading(reading) = &self.side {
            self.report_unknown(reading, true);
        }
    }

    fn report_unknown(&self, reading: &Reading<'_>, misspelt_only: bool) {
        for (name, node) in reading.table.into_iter().flatten() {
            if self.known.contains(&name.as_str()) {
                continue;
            }
            let nearest = nearest(name, self.known.iter().copied());
            if misspelt_only && nearest.is_none() {
                continue;
            }
            // The list is long, and needed only where no key is near.
            let known = if nearest.is_some() { Vec::new() } else { self.known.clone() };
            let kind = ProblemKind::UnknownKey { key: self.full(&shown(name)), nearest, known };
            reading.findings.push(node.key.clone(), kind);
        }
    }

    fn full(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

/// A path with `*` in place of positions in lists, as `model.layers.*.kind`.
fn general_path(path: &str) -> String {
    let parts = path.split('.').map(|part| if is_position(part) { "*" } else { part });
    parts.collect::<Vec<_>>().join(".")
}

/// The header of a list of tables, without positions: `model.layers.layers`.
fn list_path(path: &str) -> String {
    path.split('.').filter(|part| !is_position(part)).collect::<Vec<_>>().join(".")
}

/// Whether a part of a path is a position in a list. No key of a table is a number.
fn is_position(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit())
}
