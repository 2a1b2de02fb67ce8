//! Control characters in messages.

use std::borrow::Cow;

/// Escapes control characters except line breaks and tabs, so that a terminal does not interpret them.
pub fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, |character| character == '\n' || character == '\t')
}

/// Escapes all control characters, line breaks included.
pub fn on_one_line(text: &str) -> Cow<'_, str> {
    escaped(text, |_| false)
}

/// Replaces characters that need it by Rust's escapes, except those that `stays` accepts.
fn escaped(text: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    let is_bad = |character: char| needs_escape(character) && !stays(character);
    if !text.contains(is_bad) {
        return text.into();
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_bad(character) { safe.extend(character.escape_default()) } else { safe.push(character) }
    }
    safe.into()
}

/// Whether a terminal interprets a character, or it changes the direction or the line of others.
pub fn needs_escape(character: char) -> bool {
    let turns =
        matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns || matches!(character, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(printable("a\n\tb"), "a\n\tb");
        assert_eq!(
            printable("\u{1b}]0;x\u{7}\r\u{9b}2J\u{7f}\u{202e}"),
            "\\u{1b}]0;x\\u{7}\\r\\u{9b}2J\\u{7f}\\u{202e}"
        );
        assert_eq!(on_one_line("a\nb — é"), "a\\nb — é");
    }
}
