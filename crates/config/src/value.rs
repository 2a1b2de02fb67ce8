//! The values of a TOML file, each with the place where it was set.

use super::location::Location;
use emberlab_data::text::{listed, shown};
use std::collections::BTreeMap;
use std::fmt;
use toml::de::{DeTable, DeValue};

/// The deepest nesting of tables and lists; no key needs more.
const MAX_NESTING: usize = 32;
/// Characters of a text that a message shows.
const MAX_SHOWN: usize = 100;

/// A value and the place where it was set.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub value: Value,
    /// The place of the key.
    pub key: Location,
    /// The place of the value; of a table and a list of tables, the place of its name.
    pub location: Location,
}

/// A TOML value.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Whole(i128),
    Number(f64),
    Flag(bool),
    /// A date, or a number larger than any key allows.
    Raw(String),
    List(Vec<Node>),
    Table(Table),
}

pub(super) type Table = BTreeMap<String, Node>;

impl Value {
    /// The table that it is.
    pub fn table_mut(&mut self) -> Option<&mut Table> {
        match self {
            Self::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The value under a key of a table, or at a position of a list.
    pub fn child(&self, name: &str) -> Option<&Node> {
        match self {
            Self::Table(table) => table.get(name),
            Self::List(items) => items.get(name.parse::<usize>().ok()?),
            _ => None,
        }
    }
}

/// Formats a value for a message; long ones are shortened.
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
            Self::List(items) => write!(f, "[{}]", short(&listed(items.iter().map(|node| &node.value)))),
            Self::Table(table) => {
                let entries = table.iter().map(|(key, node)| format!("{} = {}", shown(key), node.value));
                write!(f, "{{ {} }}", short(&listed(entries)))
            }
        }
    }
}

/// Shortens the items of a nested list or table.
fn short(items: &str) -> std::borrow::Cow<'_, str> {
    if items.len() <= 4 * MAX_SHOWN { items.into() } else { shown(items) }
}

/// Converts a parsed table; `locate` turns offsets into places.
///
/// # Errors
///
/// A sentence about tables and lists that are nested too deeply.
pub(super) fn convert_table(
    table: &DeTable<'_>,
    locate: &dyn Fn(usize) -> Location,
    nesting: usize,
) -> Result<Table, String> {
    let nodes = table.iter().map(|(key, value)| {
        let (key_place, value_place) = (locate(key.span().start), locate(value.span().start));
        let converted = convert_value(value.get_ref(), locate, nesting + 1)?;
        let named_by_key = match &converted {
            Value::Table(_) => true,
            Value::List(items) => {
                !items.is_empty() && items.iter().all(|item| matches!(item.value, Value::Table(_)))
            }
            _ => false,
        };
        let location = if named_by_key { key_place.clone() } else { value_place };
        Ok((key.get_ref().to_string(), Node { value: converted, key: key_place, location }))
    });
    nodes.collect()
}

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
            let items = items.iter().map(|item| {
                let (value, place) =
                    (convert_value(item.get_ref(), locate, nesting + 1)?, locate(item.span().start));
                Ok(Node { value, key: place.clone(), location: place })
            });
            Value::List(items.collect::<Result<_, String>>()?)
        }
        DeValue::Table(table) => Value::Table(convert_table(table, locate, nesting)?),
    })
}
