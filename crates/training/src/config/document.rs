//! A configuration file as a tree of values that know where they came from.
//!
//! A file may extend another: `extends = "base.toml"`, a path from its own folder, takes over every value
//! of that file that it does not set itself, table by table.

use super::problem::{ConfigError, Location, Place, Problem};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::de::{DeTable, DeValue};

/// Larger files are not configurations.
const MAX_FILE_SIZE: u64 = 1 << 20;
/// Longer chains of files that extend one another go round in a circle.
const MAX_DEPTH: usize = 16;
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
    Date(String),
    List(Vec<Value>),
    Table(Table),
}

pub(super) type Table = BTreeMap<String, Node>;

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Whole(number) => write!(f, "{number}"),
            Self::Number(number) => write!(f, "{number:?}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Date(date) => write!(f, "{date}"),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Self::Table(table) => {
                let entries: Vec<String> =
                    table.iter().map(|(key, node)| format!("{key} = {}", node.value)).collect();
                write!(f, "{{ {} }}", entries.join(", "))
            }
        }
    }
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
        let table = DeTable::parse(text).map_err(|error| syntax_error(path, text, &error))?;
        let whole: Arc<Path> = path.into();
        let place = |position: usize| Location::Place(place(&whole, text, position));
        Self { path: path.to_owned(), table: convert_table(table.get_ref(), &place) }.with(overrides)
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
            Ok(table) => convert_table(table.get_ref(), &|_: usize| location.clone()).remove("value"),
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
        let table = DeTable::parse(text).map_err(|error| syntax_error(path, text, &error))?;
        Ok(Self { path: path.to_owned(), table: convert_table(table.get_ref(), &|_: usize| Location::File) })
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
    let text = read(path)?;
    let table = DeTable::parse(&text).map_err(|error| syntax_error(path, &text, &error))?;
    let shared: Arc<Path> = path.into();
    let locate = |position: usize| Location::Place(place(&shared, &text, position));
    let mut table = convert_table(table.get_ref(), &locate);
    let Some(Node { value, location, .. }) = table.remove(EXTENDS) else { return Ok(table) };
    let fail = |message: String| {
        Err(ConfigError::new(
            main,
            vec![Problem { location: location.clone(), message: format!("`{EXTENDS}` {message}") }],
        ))
    };
    let Value::Text(base) = &value else { return fail(format!("is {value}, must be a file's path")) };
    if depth == MAX_DEPTH {
        return fail(format!("is {base:?}, the {MAX_DEPTH}th file of a chain that seems to have no end"));
    }
    let base_path = path.parent().unwrap_or(Path::new("")).join(base);
    if !base_path.is_file() {
        return fail(format!("is {base:?}, must be a file's path; `{}` is none", base_path.display()));
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

fn convert_table(table: &DeTable<'_>, locate: &dyn Fn(usize) -> Location) -> Table {
    let nodes = table.iter().map(|(key, value)| {
        let (key_place, value_place) = (locate(key.span().start), locate(value.span().start));
        let converted = convert_value(value.get_ref(), locate);
        let location = if matches!(converted, Value::Table(_)) { key_place.clone() } else { value_place };
        (key.get_ref().to_string(), Node { value: converted, key: key_place, location })
    });
    nodes.collect()
}

fn convert_value(value: &DeValue<'_>, locate: &dyn Fn(usize) -> Location) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(integer) => match i128::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) => Value::Whole(number),
            Err(_) => Value::Number(f64::INFINITY),
        },
        DeValue::Float(float) => Value::Number(float.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(items) => {
            Value::List(items.iter().map(|item| convert_value(item.get_ref(), locate)).collect())
        }
        DeValue::Table(table) => Value::Table(convert_table(table, locate)),
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    use std::io::Read;
    let fail = |message: String| ConfigError::new(path, vec![Problem { location: Location::File, message }]);
    let file = std::fs::File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => fail("does not exist".into()),
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

fn syntax_error(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let location = match error.span() {
        Some(span) => Location::Place(place(&path.into(), text, span.start)),
        None => Location::File,
    };
    let message = format!("is not TOML: {}", error.message().replace('\n', ", "));
    ConfigError::new(path, vec![Problem { location, message }])
}

/// The line and the letter of it at a byte of the text.
fn place(path: &Arc<Path>, text: &str, position: usize) -> Place {
    let before = text.get(..position).unwrap_or(text);
    let line = 1 + before.matches('\n').count();
    let column = 1 + before.rsplit('\n').next().map_or(0, |start| start.chars().count());
    Place { path: Arc::clone(path), line, column }
}
