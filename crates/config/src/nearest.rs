//! Guesses what a misspelt key or value was meant to be.

use super::file::ESCAPE_HINT;
use super::rule::Rule;
use super::value::Value;

/// The word that `text` is probably a misspelling of: one edit away, or one edit for every three letters.
pub(super) fn nearest<'a>(text: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Longer texts are not misspellings, and slow to compare.
    const MAX_LENGTH: usize = 64;
    if text.len() > MAX_LENGTH {
        return None;
    }
    let edits = words.into_iter().map(|word| (strsim::damerau_levenshtein(text, word), word));
    let (edits, word) = edits.min_by_key(|(edits, _)| *edits)?;
    (edits <= (word.len() / 3).max(1)).then_some(word)
}

/// The end of the message about a value that its rule does not allow; empty if there is nothing to say.
pub(super) fn value_hint<T>(value: &Value, rule: &Rule<'_, T>) -> String {
    match value {
        Value::Text(text) if text.contains(char::is_control) && rule.allowed.ends_with("path") => {
            ESCAPE_HINT.to_owned()
        }
        Value::Text(text) => match nearest(text, rule.words.iter().copied()) {
            Some(near) => format!("; did you mean {near:?}?"),
            None => String::new(),
        },
        Value::Whole(_) | Value::Number(_) | Value::Flag(_) | Value::Raw(_) if rule.is_text() => {
            format!("; text must be in quotes: `\"{value}\"`")
        }
        _ => String::new(),
    }
}
