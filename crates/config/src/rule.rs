//! The values that a key allows: how they are read, written and described.

use super::value::Value;
use serde_json::{Value as Json, json};
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Reads a value as a `T` if it is allowed, and writes it back.
pub(super) struct Rule<'a, T> {
    /// The allowed values in words: the end of "`key` is …, must be …".
    pub allowed: String,
    /// The allowed words; a message names the nearest one.
    pub words: Vec<&'static str>,
    /// The allowed values as a JSON schema, without its description.
    schema: Json,
    read: Read<'a, T>,
    write: Write<'a, T>,
}

type Read<'a, T> = Box<dyn Fn(&Value) -> Option<T> + 'a>;
type Write<'a, T> = Box<dyn Fn(&T) -> Option<toml::Value> + 'a>;

impl<'a, T: 'a> Rule<'a, T> {
    fn new(
        allowed: impl Into<String>,
        schema: Json,
        read: impl Fn(&Value) -> Option<T> + 'a,
        write: impl Fn(&T) -> Option<toml::Value> + 'a,
    ) -> Self {
        let (read, write) = (Box::new(read), Box::new(write));
        Self { allowed: allowed.into(), words: Vec::new(), schema, read, write }
    }

    /// The allowed values as a JSON schema.
    pub fn schema(&self) -> Json {
        let mut schema = self.schema.clone();
        schema["description"] = self.allowed.clone().into();
        schema
    }

    /// Whether the key holds text.
    pub fn is_text(&self) -> bool {
        self.schema["type"] == "string"
    }

    /// Reads a value; `None` if it is not allowed.
    pub fn read(&self, value: &Value) -> Option<T> {
        (self.read)(value)
    }

    /// Writes a value; `None` if the file cannot express it.
    pub fn write(&self, value: &T) -> Option<toml::Value> {
        (self.write)(value)
    }

    /// The same values as another type. `back` returns `None` for those that this rule does not read.
    pub fn map<U: 'a>(self, to: impl Fn(T) -> U + 'a, back: impl Fn(&U) -> Option<T> + 'a) -> Rule<'a, U> {
        let Self { allowed, words, schema, read, write } = self;
        Rule {
            allowed,
            words,
            schema,
            read: Box::new(move |value| read(value).map(&to)),
            write: Box::new(move |value| back(value).and_then(|value| write(&value))),
        }
    }

    /// Writes values in another way.
    pub fn written_as<V: Into<toml::Value>>(self, write: impl Fn(&T) -> V + 'a) -> Self {
        Self { write: Box::new(move |value| Some(write(value).into())), ..self }
    }

    /// The same values in other words.
    pub fn described(self, allowed: impl Into<String>) -> Self {
        Self { allowed: allowed.into(), ..self }
    }

    /// The values of this rule and of another one.
    pub fn or(self, other: Self) -> Self {
        let (first, second) = (self.read, other.read);
        let (write_first, write_second) = (self.write, other.write);
        Self {
            allowed: format!("{} or {}", self.allowed, other.allowed),
            words: self.words.into_iter().chain(other.words).collect(),
            schema: json!({ "anyOf": [self.schema, other.schema] }),
            read: Box::new(move |value| first(value).or_else(|| second(value))),
            write: Box::new(move |value| write_first(value).or_else(|| write_second(value))),
        }
    }
}

/// A whole number in a range.
pub(super) fn whole<'a>(range: RangeInclusive<u64>) -> Rule<'a, u64> {
    let (start, end) = (*range.start(), *range.end());
    let allowed = format!("a whole number from {start} to {end}");
    let schema = json!({ "type": "integer", "minimum": start, "maximum": end });
    let read = move |value: &Value| match value {
        Value::Whole(number) => u64::try_from(*number).ok().filter(|number| range.contains(number)),
        _ => None,
    };
    Rule::new(allowed, schema, read, |&number| i64::try_from(number).ok().map(Into::into))
}

/// A whole number of either sign.
pub(super) fn integer<'a>(allowed: &str) -> Rule<'a, i64> {
    let read = |value: &Value| match value {
        Value::Whole(number) => i64::try_from(*number).ok(),
        _ => None,
    };
    Rule::new(allowed, json!({ "type": "integer" }), read, |&number| Some(number.into()))
}

/// A count in a range.
pub(super) fn count_in<'a>(range: RangeInclusive<u64>) -> Rule<'a, usize> {
    whole(range).map(|number| number as usize, |&count| Some(count as u64))
}

/// A count from `low` on.
pub(super) fn count<'a>(low: u64) -> Rule<'a, usize> {
    // Other tools read numbers as doubles, which hold whole numbers up to 2⁵³.
    const MOST: u64 = 1 << 53;
    count_in(low..=MOST).described(format!("a whole number from {low}"))
}

/// The seed of a random number generator.
pub(super) fn seed<'a>() -> Rule<'a, u32> {
    whole(0..=u64::from(u32::MAX)).map(|number| number as u32, |&seed| Some(seed.into()))
}

/// A finite number that fulfils a condition, which `allowed` puts into words.
pub(super) fn number<'a>(allowed: &str, condition: impl Fn(f64) -> bool + 'a) -> Rule<'a, f64> {
    let read = move |value: &Value| {
        let number = match value {
            Value::Number(number) => *number,
            Value::Whole(number) => *number as f64,
            _ => return None,
        };
        Some(number).filter(|&number| number.is_finite() && condition(number))
    };
    Rule::new(allowed, json!({ "type": "number" }), read, |&number| Some(number.into()))
}

/// Any finite number.
pub(super) fn real<'a>() -> Rule<'a, f64> {
    number("a number", |_| true)
}

/// A number above 0.
pub(super) fn positive<'a>() -> Rule<'a, f64> {
    number("a number above 0", |number| number > 0.0)
}

/// A number above 0 that single precision, in which networks compute, does not take for 0.
pub(super) fn divisor_term<'a>() -> Rule<'a, f64> {
    number("a number from 1.2e-38", |number| number >= 1.2e-38)
}

/// A number from 0.
pub(super) fn non_negative<'a>() -> Rule<'a, f64> {
    number("a number from 0", |number| number >= 0.0)
}

/// A number from 0 to below 1.
pub(super) fn fraction<'a>() -> Rule<'a, f64> {
    number("a number from 0 to below 1", |number| (0.0..1.0).contains(&number))
}

/// The share of samples that go to one part of a division.
pub(super) fn share<'a>() -> Rule<'a, f64> {
    number("a share above 0 and below 1", |share| share > 0.0 && share < 1.0)
}

/// `true` or `false`.
pub(super) fn flag<'a>() -> Rule<'a, bool> {
    let read = |value: &Value| match value {
        Value::Flag(flag) => Some(*flag),
        _ => None,
    };
    Rule::new("true or false", json!({ "type": "boolean" }), read, |&flag| Some(flag.into()))
}

/// Text that fulfils a condition, which `allowed` puts into words.
pub(super) fn text<'a>(allowed: &str, condition: impl Fn(&str) -> bool + 'a) -> Rule<'a, String> {
    let read = move |value: &Value| match value {
        Value::Text(text) if condition(text) => Some(text.clone()),
        _ => None,
    };
    Rule::new(allowed, json!({ "type": "string" }), read, |text| Some(text.as_str().into()))
}

/// The path of a file or folder; `what` is named in the message.
pub(super) fn path<'a>(what: &str) -> Rule<'a, PathBuf> {
    text(&format!("a {what}'s path"), |path| !path.is_empty() && !path.contains(char::is_control))
        .map(PathBuf::from, |path: &PathBuf| Some(path.to_string_lossy().into_owned()))
}

/// One of several words, each with the value that it stands for.
pub(super) fn word<'a, T: Clone + PartialEq + 'a>(words: &[(&'static str, T)]) -> Rule<'a, T> {
    let quoted: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
    let schema = json!({ "enum": words.iter().map(|(word, _)| *word).collect::<Vec<_>>() });
    let (readable, writable) = (words.to_vec(), words.to_vec());
    let read = move |value: &Value| match value {
        Value::Text(text) => {
            readable.iter().find(|(word, _)| word == text).map(|(_, meaning)| meaning.clone())
        }
        _ => None,
    };
    let write = move |value: &T| {
        writable.iter().find(|(_, meaning)| meaning == value).map(|(word, _)| (*word).into())
    };
    let mut rule = Rule::new(join(&quoted), schema, read, write);
    rule.words = words.iter().map(|(word, _)| *word).collect();
    rule
}

/// A list of at least `least` items that all fulfil one rule.
pub(super) fn list<'a, T: 'a>(rule: Rule<'a, T>, least: usize) -> Rule<'a, Vec<T>> {
    let allowed = match least {
        0 => format!("a list, each item {}", rule.allowed),
        _ => format!("a list of one or more items, each {}", rule.allowed),
    };
    let schema = json!({ "type": "array", "items": rule.schema, "minItems": least });
    let Rule { read, write, .. } = rule;
    let read_all = move |value: &Value| match value {
        Value::List(items) if items.len() >= least => items.iter().map(|item| read(&item.value)).collect(),
        _ => None,
    };
    let write_all = move |items: &Vec<T>| {
        let items: Option<Vec<toml::Value>> = items.iter().map(&write).collect();
        items.map(Into::into)
    };
    Rule::new(allowed, schema, read_all, write_all)
}

/// `a`, `a or b`, `a, b or c`.
fn join(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}
