//! A configuration file as a tree of values that know where they came from.

use super::problem::{ConfigError, Location, Problem};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// Larger files are not configurations.
const MAX_FILE_SIZE: u64 = 1 << 20;

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub value: Value,
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
        let text = read(path)?;
        let table = DeTable::parse(&text).map_err(|error| syntax_error(path, &text, &error))?;
        let locate = |position| Location::Line(line_of(&text, position));
        let mut document = Self { path: path.to_owned(), table: convert_table(table.get_ref(), &locate) };
        let mut problems = Vec::new();
        for argument in overrides {
            if let Err(message) = document.set(argument) {
                problems.push(Problem { location: Location::Argument(argument.clone()), message });
            }
        }
        match problems.is_empty() {
            true => Ok(document),
            false => Err(ConfigError::new(path, problems)),
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
            Ok(table) => convert_table(table.get_ref(), &|_| location.clone()).remove("value"),
            Err(_) => None,
        };
        let node = node.unwrap_or(Node { value: Value::Text(value.to_owned()), location: location.clone() });
        insert(&mut self.table, &keys, node).map_err(|key| format!("`{key}` is a value, not a table"))
    }

    /// Where the value of a dotted key stands; the file itself where it was left out.
    pub fn locate(&self, key: &str) -> Location {
        let mut table = &self.table;
        let mut location = Location::File;
        for part in key.split('.') {
            let Some(node) = table.get(part) else { break };
            location = node.location.clone();
            match &node.value {
                Value::Table(inner) => table = inner,
                _ => break,
            }
        }
        location
    }
}

fn insert(table: &mut Table, keys: &[&str], node: Node) -> Result<(), String> {
    let [key, rest @ ..] = keys else { return Ok(()) };
    if rest.is_empty() {
        table.insert((*key).to_owned(), node);
        return Ok(());
    }
    let location = node.location.clone();
    let inner = table
        .entry((*key).to_owned())
        .or_insert_with(|| Node { value: Value::Table(Table::new()), location });
    match &mut inner.value {
        Value::Table(inner) => insert(inner, rest, node).map_err(|path| format!("{key}.{path}")),
        _ => Err((*key).to_owned()),
    }
}

fn convert_table(table: &DeTable<'_>, locate: &dyn Fn(usize) -> Location) -> Table {
    let nodes = table.iter().map(|(key, value)| {
        let node = Node { value: convert_value(value.get_ref(), locate), location: locate(key.span().start) };
        (key.get_ref().to_string(), node)
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
        Some(span) => Location::Line(line_of(text, span.start)),
        None => Location::File,
    };
    let message = format!("is not TOML: {}", error.message().replace('\n', ", "));
    ConfigError::new(path, vec![Problem { location, message }])
}

fn line_of(text: &str, position: usize) -> usize {
    1 + text.bytes().take(position).filter(|&byte| byte == b'\n').count()
}
