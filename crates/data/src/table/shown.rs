//! Values and lists in messages, kept short.

/// The most characters of a value that a message shows.
const MAX_LENGTH: usize = 100;
/// The most items of a list that a message shows.
const MAX_ITEMS: usize = 10;

/// A value in quotes, cut with its length where it is long.
pub(super) fn value(text: &str) -> String {
    match text.char_indices().nth(MAX_LENGTH) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}… ({} characters)", &text[..end], text.chars().count()),
    }
}

/// A name in backticks, cut where it is long.
pub(super) fn name(text: &str) -> String {
    match text.char_indices().nth(MAX_LENGTH) {
        None => format!("`{}`", text.escape_debug()),
        Some((end, _)) => format!("`{}…`", text[..end].escape_debug()),
    }
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
