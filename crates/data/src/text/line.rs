//! Lines of messages whose words may be of any length.

use super::value::{MAX_VALUE, cut};
use std::borrow::Cow;

/// The most characters of a line.
const MAX_LINE: usize = 4000;
/// The longest path of a file, and the longest name in it, on the supported systems.
const MAX_PATH: usize = 4096;
const MAX_NAME: usize = 255;

/// Cuts every quoted text and every word of a line at 100 characters, except paths, and the line at 4,000.
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
        let cut = cut(span, |_| 1).filter(|_| !is_path(span) && !is_cut(span));
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

/// Whether a text is a value that [`shown`](super::shown) has cut, with its length or without.
fn is_cut(text: &str) -> bool {
    let beginning = text.rsplit_once('…').filter(|(_, end)| end.is_empty() || end.ends_with(" characters)"));
    beginning.is_some_and(|(beginning, end)| beginning.chars().count() == MAX_VALUE && end.len() < 40)
}

/// Whether a text may name a file.
fn is_path(text: &str) -> bool {
    text.contains('/') && text.len() <= MAX_PATH && text.split('/').all(|name| name.len() <= MAX_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::shown;

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
        // A value that is cut already stays.
        for line in [format!("`{}` is", shown(&"k".repeat(70_000))), shown(&"k".repeat(70_000)).into_owned()]
        {
            assert_eq!(short_line(&line), line);
        }
        let odd = format!("`{}\"", "q".repeat(120));
        assert!(short_line(&odd).contains("… ("));
        assert!(short_line(&"a ".repeat(100_000)).chars().count() <= MAX_LINE + 1);
    }
}
