//! A configuration file as a tree of values, with the arguments of `--set` and `--unset` applied.

use super::file::{load_table, one_line, parse_table};
use super::location::{Location, SourceText};
use super::problem::{ConfigError, Problem, ProblemKind};
use super::reference::entries;
use super::value::{Node, Table, Value, convert_table};
use emberlab_data::text::shown;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::de::DeTable;

/// The key that names the file to extend.
pub(super) const EXTENDS: &str = "extends";

/// A parsed file with changes applied.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub path: PathBuf,
    pub table: Table,
    /// The values of the file, where arguments changed them.
    file: Option<Table>,
}

/// Changes of a file by arguments of the command line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Changes<'a> {
    /// Keys to remove, as dotted paths, before others are set.
    pub unset: &'a [String],
    /// Values to set, as `key.path=value`.
    pub set: &'a [String],
}

impl<'a> Changes<'a> {
    /// Values to set, as `key.path=value`.
    pub fn set(set: &'a [String]) -> Self {
        Self { set, unset: &[] }
    }
}

impl Document {
    /// Reads and parses `path`, then applies changes.
    pub fn load(path: &Path, changes: Changes<'_>) -> Result<Self, ConfigError> {
        Self::of(path, load_table(path, path, 0)?, changes)
    }

    /// Parses `text` as if it were the file at `path`, then applies changes.
    pub fn parse(path: &Path, text: &str, changes: Changes<'_>) -> Result<Self, ConfigError> {
        let source = Arc::new(SourceText { path: path.to_owned(), text: text.to_owned() });
        Self::of(path, parse_table(&source)?, changes)
    }

    fn of(path: &Path, table: Table, Changes { set, unset }: Changes<'_>) -> Result<Self, ConfigError> {
        let is_changed = !(set.is_empty() && unset.is_empty());
        let mut document = Self { path: path.to_owned(), file: is_changed.then(|| table.clone()), table };
        let mut problems = Vec::new();
        for key in unset.iter().filter(|key| !document.remove(key)) {
            let kind = ProblemKind::Unreadable(format!("`--unset {}`: the file does not set it", shown(key)));
            problems.push(Problem { location: Location::File, kind });
        }
        for argument in set {
            if let Err(message) = document.set(argument) {
                let kind = ProblemKind::Unreadable(message);
                problems.push(Problem { location: Location::Argument(argument.clone()), kind });
            }
        }
        if let Some(node) = document.table.get(EXTENDS) {
            let reason = format!("`{EXTENDS}` is read with a file, and must be written there");
            problems.push(Problem { location: node.key.clone(), kind: ProblemKind::Unreadable(reason) });
        }
        if problems.is_empty() { Ok(document) } else { Err(ConfigError::new(path, problems)) }
    }

    /// The file as it is, where arguments changed it.
    pub fn unchanged(&self) -> Option<Self> {
        Some(Self { path: self.path.clone(), table: self.file.clone()?, file: None })
    }

    /// Removes keys that have lost their meaning by a change: those that `problems` name, but for `own` ones that the file has
    /// without the change. What extends a file changes it. Returns a sentence about each.
    pub fn give_way(&mut self, problems: &[Problem], own: &[Problem]) -> Vec<String> {
        let mut told = Vec::new();
        for Problem { location, kind } in problems {
            let Location::Place(place) = location else { continue };
            let is_extended = place.path() != self.path;
            let is_new = self.file.is_some() && own.iter().all(|own| own.kind != *kind);
            if !(is_extended || is_new) {
                continue;
            }
            let (key, reason) = match kind {
                ProblemKind::Meaningless { key, reason } => (key, reason.clone()),
                ProblemKind::UnknownKey { key, .. } if is_of_another_kind(key) => {
                    (key, "belongs to another kind".to_owned())
                }
                _ => continue,
            };
            if self.remove(key) {
                told.push(format!("`{key}` {reason}; it is left out"));
            }
        }
        told
    }

    /// Removes a dotted key. Returns whether there was one.
    fn remove(&mut self, key: &str) -> bool {
        let (path, last) = key.rsplit_once('.').map_or((None, key), |(path, last)| (Some(path), last));
        let mut table = Some(&mut self.table);
        for part in path.into_iter().flat_map(|path| path.split('.')) {
            let node = table.and_then(|table| table.get_mut(part));
            table = node.and_then(|node| node.value.table_mut());
        }
        table.is_some_and(|table| table.remove(last).is_some())
    }

    /// Sets one `key.path=value`; a value that is not TOML is taken as text.
    fn set(&mut self, argument: &str) -> Result<(), String> {
        let Some((key, value)) = argument.split_once('=') else {
            return Err("must be `key.path=value`".into());
        };
        let (key, value) = (key.trim(), value.trim());
        let keys: Vec<&str> = key.split('.').collect();
        let bare = |key: &&str| {
            !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        };
        if !keys.iter().all(bare) {
            return Err(format!("`{key}` is not a valid key; expected something like `training.epochs`"));
        }
        let location = Location::Argument(argument.to_owned());
        let parsed = format!("value = {value}");
        let node = match DeTable::parse(&parsed) {
            Ok(table) if table.get_ref().len() > 1 => {
                return Err(format!("`{}` is more than one value", shown(value)));
            }
            Ok(table) => convert_table(table.get_ref(), &|_: usize| location.clone(), 0)?.remove("value"),
            // A value that starts like TOML is meant as TOML.
            Err(error) if value.starts_with(['[', '{', '"', '\'']) => {
                return Err(format!("`{}` is not TOML: {}", shown(value), one_line(error.message())));
            }
            Err(_) => None,
        };
        let text = || Value::Text(value.to_owned());
        let node =
            node.unwrap_or_else(|| Node { value: text(), key: location.clone(), location: location.clone() });
        insert(&mut self.table, &keys, node)
    }

    /// Where the value of a dotted key was set; the file itself if it was left out.
    pub fn locate(&self, key: &str) -> Location {
        let (location, _) = self.find(key);
        location
    }

    /// Where the value of a dotted key was set; `None` if it was left out.
    pub fn origin(&self, key: &str) -> Option<Location> {
        let (location, whole) = self.find(key);
        whole.then_some(location)
    }

    /// The place of the deepest part of a dotted key that is set, and whether that is the whole key.
    fn find(&self, key: &str) -> (Location, bool) {
        let mut location = Location::File;
        let mut parts = key.split('.');
        let mut node = parts.next().and_then(|part| self.table.get(part));
        loop {
            let Some(found) = node else { return (location, false) };
            location = found.location.clone();
            let Some(part) = parts.next() else { return (location, true) };
            node = found.value.child(part);
        }
    }
}

/// Whether a dotted key is one that another source, model or optimizer has.
fn is_of_another_kind(key: &str) -> bool {
    entries().is_ok_and(|entries| entries.iter().any(|entry| entry.declaration.path == key))
}

/// Inserts a value at a path of keys.
///
/// # Errors
///
/// A sentence about a value that the path treats as a table, or about an item that a list does not have.
fn insert(table: &mut Table, keys: &[&str], node: Node) -> Result<(), String> {
    let [first, rest @ ..] = keys else { return Ok(()) };
    let empty =
        || Node { value: Value::Table(Table::new()), key: node.key.clone(), location: node.location.clone() };
    let mut place = table.entry((*first).to_owned()).or_insert_with(empty);
    let mut path = (*first).to_owned();
    for key in rest {
        place = match &mut place.value {
            Value::Table(inner) => inner.entry((*key).to_owned()).or_insert_with(empty),
            Value::List(items) => {
                let n_items = items.len();
                let item = key.parse().ok().and_then(|index: usize| items.get_mut(index));
                item.ok_or_else(|| {
                    format!("`{path}` is a list of {n_items}; `{key}` is none of its items, counted from 0")
                })?
            }
            _ => return Err(format!("`{path}` is a value, not a table")),
        };
        path = format!("{path}.{key}");
    }
    *place = node;
    Ok(())
}
