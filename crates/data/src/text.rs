//! Text for people: long values cut, control characters made visible.

use std::borrow::Cow;
use std::fmt::Display;

/// Characters of a value that a message shows.
const MAX_VALUE: usize = 100;
/// Items of a list that a message shows.
pub const MAX_ITEMS: usize = 10;
/// Characters of a line of a message; of a longer one the rest is left out.
const MAX_LINE: usize = 4000;
/// The longest path of a file, and the longest name in it, on the systems that this runs on.
const MAX_PATH: usize = 4096;
const MAX_NAME: usize = 255;

/// A value as a message shows it: whole up to 100 characters, of a longer one its beginning and its length.
pub fn shown(value: &str) -> Cow<'_, str> {
    match cut(value) {
        Some((beginning, length)) => format!("{beginning}… ({length} characters)").into(),
        None => value.into(),
    }
}

/// The first ten items, separated by commas, and how many more there are.
pub fn listed<T: Display>(items: impl ExactSizeIterator<Item = T>) -> String {
    let more = items.len().saturating_sub(MAX_ITEMS);
    let mut text = items.take(MAX_ITEMS).map(|item| item.to_string()).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text += &format!(", and {} more", thousands(more));
    }
    text
}

/// A count with a comma after each three digits.
pub fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// Text without control characters but line breaks and tabs: a terminal must not obey what a file says.
pub fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, |character| character == '\n' || character == '\t')
}

/// Text without any control character or line break.
pub fn on_one_line(text: &str) -> Cow<'_, str> {
    escaped(text, |_| false)
}

/// A line of a message with every quoted text and every word cut at 100 characters, but for paths, which are as
/// long as they are.
pub fn short_line(line: &str) -> Cow<'_, str> {
    if line.len() <= MAX_VALUE {
        return line.into();
    }
    let mut short = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            short.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (span, closed) = match first {
            '`' | '"' => match rest[1..].find(first) {
                Some(end) => (&rest[1..=end], true),
                None => (word(rest), false),
            },
            _ => (word(rest), false),
        };
        let cut = cut(span).filter(|_| !is_path(span) && !is_cut(span));
        let (beginning, length) = cut.map_or((span, None), |(beginning, length)| (beginning, Some(length)));
        if closed {
            short.push(first);
        }
        short += beginning;
        if length.is_some() {
            short.push('…');
        }
        if closed {
            short.push(first);
        }
        if let Some(length) = length {
            short += &format!(" ({length} characters)");
        }
        rest = &rest[span.len() + if closed { 2 } else { 0 }..];
    }
    if let Some((end, _)) = short.char_indices().nth(MAX_LINE) {
        short.truncate(end);
        short.push('…');
    }
    short.into()
}

/// The text up to the first space or quotation mark after its first character.
fn word(text: &str) -> &str {
    let ends = |character: char| character.is_whitespace() || character == '`' || character == '"';
    let end = text.char_indices().skip(1).find(|(_, character)| ends(*character));
    end.map_or(text, |(end, _)| &text[..end])
}

/// Whether a text is a value that [`shown`] has cut, with its length or without.
fn is_cut(text: &str) -> bool {
    let beginning = text.rsplit_once('…').filter(|(_, end)| end.is_empty() || end.ends_with(" characters)"));
    beginning.is_some_and(|(beginning, end)| beginning.chars().count() == MAX_VALUE && end.len() < 40)
}

/// Whether a text may name a file.
fn is_path(text: &str) -> bool {
    text.contains('/') && text.len() <= MAX_PATH && text.split('/').all(|name| name.len() <= MAX_NAME)
}

/// The first 100 characters of a longer text, and how many it has.
fn cut(text: &str) -> Option<(&str, usize)> {
    let (end, _) = text.char_indices().nth(MAX_VALUE)?;
    Some((&text[..end], text.chars().count()))
}

/// Control characters, and those that turn the direction of the text, written as Rust writes them.
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

/// Whether a character is one that a terminal obeys, or that hides the order of others.
pub fn needs_escape(character: char) -> bool {
    let turns =
        matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns || matches!(character, '\u{2028}' | '\u{2029}')
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
    fn lists_show_ten_items_and_count_the_rest() {
        assert_eq!(listed([1, 2].iter()), "1, 2");
        assert_eq!(
            listed((0..99_999).collect::<Vec<_>>().iter()),
            "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 99,989 more"
        );
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn control_characters_are_made_visible() {
        assert_eq!(printable("a\n\tb"), "a\n\tb");
        assert_eq!(
            printable("\u{1b}]0;x\u{7}\r\u{9b}2J\u{7f}\u{202e}"),
            "\\u{1b}]0;x\\u{7}\\r\\u{9b}2J\\u{7f}\\u{202e}"
        );
        assert_eq!(on_one_line("a\nb — é"), "a\\nb — é");
    }

    #[test]
    fn lines_keep_paths_and_cut_what_else_is_long() {
        let path = format!("/tmp/{}/run.json", "folder/".repeat(40));
        let line = format!("`{path}` is damaged: \"{}\" and {} so", "x y".repeat(50), "z".repeat(300));
        let wanted = format!(
            "`{path}` is damaged: \"{}…\" (150 characters) and {}… (300 characters) so",
            &"x y".repeat(50)[..100],
            "z".repeat(100)
        );
        assert_eq!(short_line(&line), wanted);
        assert_eq!(short_line("`a` \" `"), "`a` \" `");
        // What is cut already stays.
        for line in [format!("`{}` is", shown(&"k".repeat(70_000))), shown(&"k".repeat(70_000)).into_owned()]
        {
            assert_eq!(short_line(&line), line);
        }
        let odd = format!("`{}\"", "q".repeat(120));
        assert!(short_line(&odd).contains("… ("));
        assert!(short_line(&"a ".repeat(100_000)).chars().count() <= MAX_LINE + 1);
    }
}
