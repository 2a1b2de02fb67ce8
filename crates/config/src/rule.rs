//! What a key may hold, and how it is read.

use super::document::Value;
use serde_json::{Value as Json, json};
use std::ops::RangeInclusive;

/// Turns a value into a `T`, or says what would be allowed.
pub(super) struct Rule<'a, T> {
    /// The end of "`key` is …, must be …".
    pub allowed: String,
    /// The words that are allowed, for the nearest one to be named.
    pub words: Vec<&'static str>,
    /// The same as a JSON schema, but for its description.
    schema: Json,
    read: Read<'a, T>,
}

type Read<'a, T> = Box<dyn Fn(&Value) -> Option<T> + 'a>;

impl<'a, T: 'a> Rule<'a, T> {
    fn new(allowed: impl Into<String>, schema: Json, read: impl Fn(&Value) -> Option<T> + 'a) -> Self {
        Self { allowed: allowed.into(), words: Vec::new(), schema, read: Box::new(read) }
    }

    /// What is allowed, as a JSON schema.
    pub fn schema(&self) -> Json {
        let mut schema = self.schema.clone();
        schema["description"] = self.allowed.clone().into();
        schema
    }

    /// Whether the key holds text.
    pub fn is_text(&self) -> bool {
        self.schema["type"] == "string"
    }

    pub fn read(&self, value: &Value) -> Option<T> {
        (self.read)(value)
    }

    /// The same values as another type.
    pub fn map<U: 'a>(self, convert: impl Fn(T) -> U + 'a) -> Rule<'a, U> {
        let Self { allowed, words, schema, read } = self;
        Rule { allowed, words, schema, read: Box::new(move |value| read(value).map(&convert)) }
    }

    /// What this rule or another one allows.
    pub fn or(self, other: Self) -> Self {
        let (first, second) = (self.read, other.read);
        Self {
            allowed: format!("{} or {}", self.allowed, other.allowed),
            words: self.words.into_iter().chain(other.words).collect(),
            schema: json!({ "anyOf": [self.schema, other.schema] }),
            read: Box::new(move |value| first(value).or_else(|| second(value))),
        }
    }
}

/// A whole number in a range.
pub(super) fn whole<'a>(range: RangeInclusive<u64>) -> Rule<'a, u64> {
    let allowed = match *range.end() {
        u64::MAX => format!("a whole number from {}", range.start()),
        end => format!("a whole number from {} to {end}", range.start()),
    };
    let mut schema = json!({ "type": "integer", "minimum": range.start() });
    if *range.end() != u64::MAX {
        schema["maximum"] = (*range.end()).into();
    }
    Rule::new(allowed, schema, move |value| match value {
        Value::Whole(number) => u64::try_from(*number).ok().filter(|number| range.contains(number)),
        _ => None,
    })
}

/// A whole number of either sign.
pub(super) fn integer<'a>(allowed: &str) -> Rule<'a, i64> {
    Rule::new(allowed, json!({ "type": "integer" }), |value| match value {
        Value::Whole(number) => i64::try_from(*number).ok(),
        _ => None,
    })
}

/// A count of something, from `low` on.
pub(super) fn count<'a>(low: u64) -> Rule<'a, usize> {
    // Larger counts than 2⁵³ would not survive the way through other tools' doubles.
    const MOST: u64 = 1 << 53;
    let mut rule = whole(low..=MOST).map(|number| number as usize);
    rule.allowed = format!("a whole number from {low}");
    rule
}

/// A seed of a generator.
pub(super) fn seed<'a>() -> Rule<'a, u32> {
    whole(0..=u64::from(u32::MAX)).map(|number| number as u32)
}

/// A finite number that fulfils a condition, which `allowed` puts into words.
pub(super) fn number<'a>(allowed: &str, condition: impl Fn(f64) -> bool + 'a) -> Rule<'a, f64> {
    Rule::new(allowed, json!({ "type": "number" }), move |value| {
        let number = match value {
            Value::Number(number) => *number,
            Value::Whole(number) => *number as f64,
            _ => return None,
        };
        Some(number).filter(|&number| number.is_finite() && condition(number))
    })
}

/// `true` or `false`.
pub(super) fn flag<'a>() -> Rule<'a, bool> {
    Rule::new("true or false", json!({ "type": "boolean" }), |value| match value {
        Value::Flag(flag) => Some(*flag),
        _ => None,
    })
}

/// Text that fulfils a condition, which `allowed` puts into words.
pub(super) fn text<'a>(allowed: &str, condition: impl Fn(&str) -> bool + 'a) -> Rule<'a, String> {
    Rule::new(allowed, json!({ "type": "string" }), move |value| match value {
        Value::Text(text) if condition(text) => Some(text.clone()),
        _ => None,
    })
}

/// One of several words, each standing for a value.
pub(super) fn word<'a, T: Copy + 'a>(words: &'a [(&'static str, T)]) -> Rule<'a, T> {
    let quoted: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
    let schema = json!({ "enum": words.iter().map(|(word, _)| *word).collect::<Vec<_>>() });
    let mut rule = Rule::new(join(&quoted), schema, move |value| match value {
        Value::Text(text) => words.iter().find_map(|(word, meaning)| (word == text).then_some(*meaning)),
        _ => None,
    });
    rule.words = words.iter().map(|(word, _)| *word).collect();
    rule
}

/// A list whose items all fulfil one rule.
pub(super) fn list<'a, T: 'a>(rule: Rule<'a, T>, least: usize) -> Rule<'a, Vec<T>> {
    let allowed = match least {
        0 => format!("a list, each item {}", rule.allowed),
        _ => format!("a list of one or more items, each {}", rule.allowed),
    };
    let schema = json!({ "type": "array", "items": rule.schema, "minItems": least });
    Rule::new(allowed, schema, move |value| match value {
        Value::List(items) if items.len() >= least => items.iter().map(|item| rule.read(item)).collect(),
        _ => None,
    })
}

/// `a`, `a or b`, `a, b or c`.
fn join(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

/// The word that `text` is a slip of the keyboard away from, if there is one: one slip, or one in
/// three letters of a longer word.
pub(super) fn nearest<'a>(text: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Longer ones are no slips of the keyboard, and take long to compare.
    const MAX_LENGTH: usize = 64;
    if text.len() > MAX_LENGTH {
        return None;
    }
    let slips = words.into_iter().map(|word| (strsim::damerau_levenshtein(text, word), word));
    let (slips, word) = slips.min_by_key(|(slips, _)| *slips)?;
    (slips <= (word.len() / 3).max(1)).then_some(word)
}
