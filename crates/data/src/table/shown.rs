//! Values and lists in messages, kept short.

/// The most characters of a value that a message shows.
const MAX_LENGTH: usize = 100;
/// The most items of a list that a message shows.
const MAX_ITEMS: usize = 10;

/// A value in quotes, cut with its length where it is long.
pub(super) fn value(text: &str) -> String {
    match cut(text) {
        None => format!("\"{}\"", text.escape_debug()),
        Some(beginning) => {
            format!("\"{}\"… ({} characters)", beginning.escape_debug(), text.chars().count())
        }
    }
}

/// A name in backticks, cut where it is long.
pub(super) fn name(text: &str) -> String {
    match cut(text) {
        None => format!("`{}`", text.escape_debug()),
        Some(beginning) => format!("`{}…`", beginning.escape_debug()),
    }
}

/// The beginning of a text that is too long when its control characters are written as escapes.
fn cut(text: &str) -> Option<&str> {
    let mut length = 0;
    text.char_indices().find_map(|(end, character)| {
        length += character.escape_debug().count();
        (length > MAX_LENGTH).then(|| &text[..end])
    })
}

/// Items with commas between them, cut where there are many.
pub(super) fn list(items: &[String]) -> String {
    let shown = &items[..items.len().min(MAX_ITEMS)];
    let more = items.len() - shown.len();
    let text = shown.join(", ");
    if more == 0 { text } else { format!("{text} and {more} more") }
}

/// `1 row` or `2 rows`.
pub(super) fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_cut_at_their_length_as_they_are_shown() {
        assert_eq!(value("a\tb"), "\"a\\tb\"");
        let lines = "1\n".repeat(60);
        assert_eq!(value(&lines), format!("\"{}1\"… (120 characters)", "1\\n".repeat(33)));
        assert_eq!(name(&"x".repeat(101)), format!("`{}…`", "x".repeat(100)));
    }
}
