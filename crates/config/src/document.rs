//! A configuration file as a tree of values that know where they came from.
//!
//! A file may extend another: `extends = "base.toml"`, a path from its own folder, takes over every value
//! of that file that it does not set itself, table by table.

use super::problem::{ConfigError, Location, Place, Problem, SourceText};
use emberlab_data::text::{listed, shown};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::de::{DeTable, DeValue};

/// Larger files are not configurations.
const MAX_FILE_SIZE: u64 = 1 << 20;
/// Longer chains of files that extend one another go round in a circle.
const MAX_DEPTH: usize = 16;
/// Deeper tables and lists are no configuration's.
const MAX_NESTING: usize = 32;
/// Characters of a text that a message shows.
const MAX_SHOWN: usize = 100;
/// What is wrong with a Windows path in double quotes.
pub(super) const ESCAPE_HINT: &str =
    "; in double quotes a `\\` begins an escape: write a path in single quotes, or each `\\` twice";
/// The key that names the file to extend.
pub(super) const EXTENDS: &str = "extends";

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub value: Value,
    /// Where the key stands.
    pub key: Location,
    /// Where the value stands; that of a table is where its name stands.
    pub location: Location,
}

/// What TOML can hold.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Whole(i128),
    Number(f64),
    Flag(bool),
    /// A date, or a number that is too large for any key.
    Raw(String),
    List(Vec<Value>),
    Table(Table),
}

pub(super) type Table = BTreeMap<String, Node>;

/// A value as a message shows it, cut where it is long.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => match text.char_indices().nth(MAX_SHOWN) {
                Some((end, _)) => write!(f, "{:?}… ({} characters)", &text[..end], text.chars().count()),
                None => write!(f, "{text:?}"),
            },
            Self::Whole(number) => write!(f, "{number}"),
            Self::Number(number) => write!(f, "{number:?}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Raw(raw) => write!(f, "{}", shown(raw)),
            Self::List(items) => write!(f, "[{}]", short(&listed(items.iter()))),
            Self::Table(table) => {
                let entries = table.iter().map(|(key, node)| format!("{} = {}", shown(key), node.value));
                write!(f, "{{ {} }}", short(&listed(entries)))
            }
        }
    }
}

/// The items of a list or a table; nested ones are cut as a whole.
fn short(items: &str) -> std::borrow::Cow<'_, str> {
    if items.len() <= 4 * MAX_SHOWN { items.into() } else { shown(items) }
}

/// A parsed file with the arguments of `--set` in it.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub path: PathBuf,
    pub table: Table,
}

impl Document {
    /// Reads and parses `path`, then sets what `overrides` (`key.path=value`) say.
    pub fn load(path: &Path, overrides: &[String]) -> Result<Self, ConfigError> {
        let table = load_table(path, path, 0)?;
        Self { path: path.to_owned(), table }.with(overrides)
    }

    /// Parses the text of a file that is part of the program, as if it were at `path`, then sets what `overrides` say.
    pub fn parse(path: &Path, text: &str, overrides: &[String]) -> Result<Self, ConfigError> {
        let source = Arc::new(SourceText { path: path.to_owned(), text: text.to_owned() });
        Self { path: path.to_owned(), table: parse_table(&source)? }.with(overrides)
    }

    fn with(self, overrides: &[String]) -> Result<Self, ConfigError> {
        let mut document = self;
        let mut problems = Vec::new();
        for argument in overrides {
            if let Err(message) = document.set(argument) {
                problems.push(Problem { location: Location::Argument(argument.clone()), message });
            }
        }
        match problems.is_empty() {
            true => Ok(document),
            false => Err(ConfigError::new(&document.path, problems)),
        }
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
            return Err(format!("`{key}` is no key, must be like `training.epochs`"));
        }
        let location = Location::Argument(argument.to_owned());
        let parsed = format!("value = {value}");
        let node = match DeTable::parse(&parsed) {
            Ok(table) => convert_table(table.get_ref(), &|_: usize| location.clone(), 0)?.remove("value"),
            // What begins as TOML does is meant as TOML.
            Err(error) if value.starts_with(['[', '{', '"', '\'']) => {
                return Err(format!("`{}` is not TOML: {}", shown(value), one_line(error.message())));
            }
            Err(_) => None,
        };
        let text = || Value::Text(value.to_owned());
        let node =
            node.unwrap_or_else(|| Node { value: text(), key: location.clone(), location: location.clone() });
        insert(&mut self.table, &keys, node).map_err(|key| format!("`{key}` is a value, not a table"))
    }

    /// A document of some text, for the schema, which has no file.
    pub fn of(text: &str) -> Result<Self, ConfigError> {
        let path = Path::new("schema");
        let source = Arc::new(SourceText { path: path.to_owned(), text: text.to_owned() });
        Ok(Self { path: path.to_owned(), table: parse_table(&source)? })
    }

    /// Where the value of a dotted key stands; the file itself where it was left out.
    pub fn locate(&self, key: &str) -> Location {
        let (location, _) = self.find(key);
        location
    }

    /// Where the value of a dotted key stands; nothing where it was left out.
    pub fn origin(&self, key: &str) -> Option<Location> {
        let (location, whole) = self.find(key);
        whole.then_some(location)
    }

    /// The place of the last part of a dotted key that is there, and whether that is all of it.
    fn find(&self, key: &str) -> (Location, bool) {
        let mut table = Some(&self.table);
        let mut location = Location::File;
        for part in key.split('.') {
            let Some(node) = table.and_then(|table| table.get(part)) else { return (location, false) };
            location = node.location.clone();
            table = match &node.value {
                Value::Table(inner) => Some(inner),
                _ => None,
            };
        }
        (location, true)
    }
}

/// The values of a file and of those that it extends; `main` is the file whose error it is.
fn load_table(main: &Path, path: &Path, depth: usize) -> Result<Table, ConfigError> {
    let mut table = parse_table(&Arc::new(SourceText { path: path.to_owned(), text: read(path)? }))?;
    let Some(Node { value, location, .. }) = table.remove(EXTENDS) else { return Ok(table) };
    let fail = |message: String| {
        Err(ConfigError::new(
            main,
            vec![Problem { location: location.clone(), message: format!("`{EXTENDS}` {message}") }],
        ))
    };
    let Value::Text(base) = &value else { return fail(format!("is {value}, must be a file's path")) };
    if depth == MAX_DEPTH {
        return fail(format!("is {value}, the {MAX_DEPTH}th file of a chain that seems to have no end"));
    }
    let base_path = path.parent().unwrap_or(Path::new("")).join(base);
    if !base_path.is_file() {
        return fail(format!(
            "is {value}, must be a file's path from this file's folder; `{}` is none",
            shown(&base_path.to_string_lossy())
        ));
    }
    let mut merged = load_table(main, &base_path, depth + 1)?;
    merge(&mut merged, table);
    Ok(merged)
}

/// Puts the values of one table over those of another.
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

fn insert(table: &mut Table, keys: &[&str], node: Node) -> Result<(), String> {
    let [key, rest @ ..] = keys else { return Ok(()) };
    if rest.is_empty() {
        table.insert((*key).to_owned(), node);
        return Ok(());
    }
    let location = node.location.clone();
    let inner = table.entry((*key).to_owned()).or_insert_with(|| Node {
        value: Value::Table(Table::new()),
        key: location.clone(),
        location,
    });
    match &mut inner.value {
        Value::Table(inner) => insert(inner, rest, node).map_err(|path| format!("{key}.{path}")),
        _ => Err((*key).to_owned()),
    }
}

/// The values of a file's text.
fn parse_table(source: &Arc<SourceText>) -> Result<Table, ConfigError> {
    let table = DeTable::parse(&source.text).map_err(|error| syntax_error(source, &error))?;
    let locate = |position: usize| Location::Place(Place::new(source, position));
    convert_table(table.get_ref(), &locate, 0).map_err(|message| {
        ConfigError::new(&source.path, vec![Problem { location: Location::File, message }])
    })
}

fn convert_table(
    table: &DeTable<'_>,
    locate: &dyn Fn(usize) -> Location,
    nesting: usize,
) -> Result<Table, String> {
    let nodes = table.iter().map(|(key, value)| {
        let (key_place, value_place) = (locate(key.span().start), locate(value.span().start));
        let converted = convert_value(value.get_ref(), locate, nesting + 1)?;
        let location = if matches!(converted, Value::Table(_)) { key_place.clone() } else { value_place };
        Ok((key.get_ref().to_string(), Node { value: converted, key: key_place, location }))
    });
    nodes.collect()
}

/// # Errors
///
/// A sentence about tables and lists that are nested too deeply.
fn convert_value(
    value: &DeValue<'_>,
    locate: &dyn Fn(usize) -> Location,
    nesting: usize,
) -> Result<Value, String> {
    if nesting > MAX_NESTING {
        return Err(format!("has tables or lists nested more than {MAX_NESTING} deep, which no key allows"));
    }
    Ok(match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(integer) => match i128::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) => Value::Whole(number),
            Err(_) => Value::Raw(integer.as_str().to_owned()),
        },
        DeValue::Float(float) => Value::Number(float.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(date) => Value::Raw(date.to_string()),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| convert_value(item.get_ref(), locate, nesting + 1));
            Value::List(items.collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => Value::Table(convert_table(table, locate, nesting)?),
    })
}

fn read(path: &Path) -> Result<String, ConfigError> {
    use std::io::Read;
    let fail = |message: String| ConfigError::new(path, vec![Problem { location: Location::File, message }]);
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
        return Err(fail(format!("is larger than {MAX_FILE_SIZE} bytes, which no configuration is")));
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
    ConfigError::new(&source.path, vec![Problem { location, message }])
}

/// Whether a place in a text is a backslash, or what an escape consists of.
fn is_after_backslash(text: &str, position: usize) -> bool {
    let from = position.saturating_sub(2);
    let around = text.as_bytes().get(from..(position + 1).min(text.len())).unwrap_or_default();
    around.contains(&b'\\')
}

fn one_line(message: &str) -> String {
    message.replace('\n', ", ")
}
