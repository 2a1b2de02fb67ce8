//! Reads configuration files.
//!
//! `extends = "base.toml"`, a path relative to the file's folder, takes every value of that file that the
//! extending file does not set itself, table by table.

use super::document::EXTENDS;
use super::location::{Location, Place, SourceText};
use super::problem::{ConfigError, Problem, ProblemKind};
use super::value::{Node, Table, Value, convert_table};
use emberlab_data::text::shown;
use std::path::Path;
use std::sync::Arc;
use toml::de::DeTable;

/// The largest configuration file, in bytes.
const MAX_FILE_SIZE: u64 = 1 << 20;
/// The longest chain of files that extend one another; a longer one is taken for a circle.
const MAX_DEPTH: usize = 16;
/// Explains a Windows path in double quotes.
pub(super) const ESCAPE_HINT: &str =
    "; in double quotes a `\\` begins an escape: write a path in single quotes, or each `\\` twice";

/// Reads the values of `path` and of the files that it extends. Errors name `main`.
pub(super) fn load_table(main: &Path, path: &Path, depth: usize) -> Result<Table, ConfigError> {
    let mut table = parse_table(&Arc::new(SourceText { path: path.to_owned(), text: read(path)? }))?;
    let Some(Node { value, location, .. }) = table.remove(EXTENDS) else { return Ok(table) };
    let fail = |reason: String| {
        let kind = ProblemKind::InvalidUse { key: EXTENDS.to_owned(), reason };
        Err(ConfigError::new(main, vec![Problem { location: location.clone(), kind }]))
    };
    let Value::Text(base) = &value else { return fail(format!("is {value}, must be a file's path")) };
    if depth == MAX_DEPTH {
        return fail(format!(
            "is {value}, the {MAX_DEPTH}th file in a row; one of them probably extends itself"
        ));
    }
    let base_path = path.parent().unwrap_or(Path::new("")).join(base);
    if !base_path.is_file() {
        return fail(format!(
            "is {value}, must be a file's path, relative to this file's folder; `{}` is not a file",
            shown(&base_path.to_string_lossy())
        ));
    }
    let mut merged = load_table(main, &base_path, depth + 1)?;
    merge(&mut merged, table);
    Ok(merged)
}

/// Merges two tables; values of `above` win.
fn merge(below: &mut Table, above: Table) {
    for (key, node) in above {
        match (below.get_mut(&key), node) {
            (Some(Node { value: Value::Table(below), .. }), Node { value: Value::Table(above), .. }) => {
                merge(below, above);
            }
            (_, node) => drop(below.insert(key, node)),
        }
    }
}

/// Parses the text of a file.
pub(super) fn parse_table(source: &Arc<SourceText>) -> Result<Table, ConfigError> {
    let table = DeTable::parse(&source.text).map_err(|error| syntax_error(source, &error))?;
    let locate = |position: usize| Location::Place(Place::new(source, position));
    convert_table(table.get_ref(), &locate, 0).map_err(|message| ConfigError::of_file(&source.path, message))
}

fn read(path: &Path) -> Result<String, ConfigError> {
    use std::io::Read;
    let fail = |message: String| ConfigError::of_file(path, message);
    let file = emberlab_data::open_regular(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => fail("does not exist".into()),
        std::io::ErrorKind::InvalidInput => fail(error.to_string()),
        _ => fail(format!("cannot be read: {error}")),
    })?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_SIZE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| fail(format!("cannot be read: {error}")))?;
    if bytes.len() as u64 > MAX_FILE_SIZE {
        return Err(fail(format!("is larger than {MAX_FILE_SIZE} bytes, the limit for a configuration")));
    }
    String::from_utf8(bytes).map_err(|_| fail("is not UTF-8 text".into()))
}

fn syntax_error(source: &Arc<SourceText>, error: &toml::de::Error) -> ConfigError {
    let start = error.span().map(|span| span.start);
    let location = start.map_or(Location::File, |start| Location::Place(Place::new(source, start)));
    let mut message = format!("is not TOML: {}", one_line(error.message()));
    if start.is_some_and(|start| is_after_backslash(&source.text, start)) {
        message += ESCAPE_HINT;
    }
    ConfigError::new(&source.path, vec![Problem { location, kind: ProblemKind::Unreadable(message) }])
}

/// Whether the text at `position` is a backslash or the escape after one.
fn is_after_backslash(text: &str, position: usize) -> bool {
    let from = position.saturating_sub(2);
    let around = text.as_bytes().get(from..(position + 1).min(text.len())).unwrap_or_default();
    around.contains(&b'\\')
}

pub(super) fn one_line(message: &str) -> String {
    message.replace('\n', ", ")
}
