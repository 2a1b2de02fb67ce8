//! Values in messages.

use std::borrow::Cow;

/// The most characters of a value that a message shows.
pub(super) const MAX_VALUE: usize = 100;

/// A value without quotes: whole up to 100 characters, otherwise its beginning and its length.
pub fn shown(value: &str) -> Cow<'_, str> {
    match cut(value, |_| 1) {
        Some((beginning, length)) => format!("{beginning}… ({length} characters)").into(),
        None => value.into(),
    }
}

/// A value in double quotes with escapes, cut with its length where it is long.
pub fn quoted(value: &str) -> String {
    match cut(value, escaped_length) {
        None => format!("\"{}\"", value.escape_debug()),
        Some((beginning, length)) => format!("\"{}\"… ({length} characters)", beginning.escape_debug()),
    }
}

/// A name in backticks with escapes, cut where it is long.
pub fn backticked(name: &str) -> String {
    match cut(name, escaped_length) {
        None => format!("`{}`", name.escape_debug()),
        Some((beginning, _)) => format!("`{}…`", beginning.escape_debug()),
    }
}

fn escaped_length(character: char) -> usize {
    character.escape_debug().count()
}

/// The beginning of a text that is wider than 100 characters, and the number of characters of the whole text.
pub(super) fn cut(text: &str, width: impl Fn(char) -> usize) -> Option<(&str, usize)> {
    let mut total = 0;
    let (end, _) = text.char_indices().find(|&(_, character)| {
        total += width(character);
        total > MAX_VALUE
    })?;
    Some((&text[..end], text.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_cut_with_their_length() {
        assert_eq!(shown("short"), "short");
        assert_eq!(shown(&"é".repeat(100)), "é".repeat(100));
        assert_eq!(shown(&"é".repeat(70_000)), format!("{}… (70000 characters)", "é".repeat(100)));
    }

    #[test]
    fn quoted_values_are_cut_at_their_escaped_length() {
        assert_eq!(quoted("a\tb"), "\"a\\tb\"");
        let lines = "1\n".repeat(60);
        assert_eq!(quoted(&lines), format!("\"{}1\"… (120 characters)", "1\\n".repeat(33)));
        assert_eq!(backticked(&"x".repeat(101)), format!("`{}…`", "x".repeat(100)));
    }
}
