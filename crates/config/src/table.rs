//! The keys of `[data]` that say how a table is written and which of its columns are used.
//!
//! | key | default | meaning | range |
//! |---|---|---|---|
//! | `label` | `"label"` | the column of classes | a name, or a position from 0, -1 for the last |
//! | `ignore` | `[]` | columns that are left out | names and positions; `""` is a column without a name |
//! | `delimiter` | `"auto"` | what divides cells | a character, `"whitespace"`, or `"auto"`: `,` `;` tab or `\|` |
//! | `header` | `"auto"` | whether the first row names the columns | `true`, `false`, `"auto"` |
//! | `missing_values` | empty, `NA`, `N/A`, `NaN`, `nan`, `null`, `?` | cells without a value; empty ones always | texts and numbers |
//! | `missing` | `"error"` | what is done with them | `"error"`, `"drop"`, `"mean"`, `"median"` |
//! | `categories` | `"error"` | what is done with columns of words | `"error"`, `"one-hot"` |
//! | `decimal` | `"."` | the decimal mark of numbers | `"."`, `","` |
//! | `comment` | none | the rest of a line is left out from here on | a character |
//!
//! They hold for `file`, `test_file` and the files that `predict` is given alike.

use super::resolved::Resolved;
use super::rule::{Rule, flag, integer, list, number, text, word};
use super::section::Section;
use emberlab_data::{Categories, ColumnRef, CsvFile, Delimiter, Header, MissingPolicy, TableOptions};

const HEADER: [(&str, Header); 1] = [("auto", Header::Auto)];

const MISSING: [(&str, MissingPolicy); 4] = [
    ("error", MissingPolicy::Error),
    ("drop", MissingPolicy::Drop),
    ("mean", MissingPolicy::Mean),
    ("median", MissingPolicy::Median),
];

const CATEGORIES: [(&str, Categories); 2] = [("error", Categories::Error), ("one-hot", Categories::OneHot)];

const DECIMAL: [(&str, bool); 2] = [(".", false), (",", true)];

/// Reads the column of labels, those that are left out, and how the table is written.
pub(super) fn read(section: &mut Section<'_>) -> (ColumnRef, Vec<ColumnRef>, TableOptions) {
    let default = TableOptions::default();
    let label = section.value("label", label_column(), "label".into());
    let ignore = section.value("ignore", one_or_more(column), Vec::new());
    if ignore.contains(&label) {
        section.problem("ignore", format!("has {label} in it, which is the column of labels"));
    }
    let options = TableOptions {
        delimiter: section.value("delimiter", delimiter(), default.delimiter),
        header: section.value("header", header(), default.header),
        missing_values: section.value("missing_values", one_or_more(missing_value), default.missing_values),
        missing: section.value("missing", word(&MISSING), default.missing),
        categories: section.value("categories", word(&CATEGORIES), default.categories),
        decimal_comma: section.value("decimal", word(&DECIMAL), default.decimal_comma),
        comment: section.optional("comment", comment()),
    };
    if options.decimal_comma && options.delimiter == Delimiter::Character(b',') {
        section.problem("decimal", "is \",\", must be another character than `delimiter`");
    }
    if let (Some(comment), Delimiter::Character(delimiter)) = (options.comment, options.delimiter)
        && comment == delimiter
    {
        section.problem("comment", "must be another character than `delimiter`");
    }
    (label, ignore, options)
}

/// Writes them back.
pub(super) fn write(file: &CsvFile, out: &mut Resolved<'_>) {
    let CsvFile { label, ignore, options, .. } = file;
    out.entry("label", written_column(label));
    out.entry("ignore", ignore.iter().map(written_column).collect::<Vec<_>>());
    out.entry("delimiter", written_delimiter(options.delimiter));
    match options.header {
        Header::Auto => out.entry("header", "auto"),
        Header::Present => out.entry("header", true),
        Header::Absent => out.entry("header", false),
    }
    out.entry("missing_values", options.missing_values.clone());
    let missing = MISSING.iter().find(|(_, missing)| *missing == options.missing);
    out.optional("missing", missing.map(|(word, _)| *word));
    let categories = CATEGORIES.iter().find(|(_, categories)| *categories == options.categories);
    out.optional("categories", categories.map(|(word, _)| *word));
    out.entry("decimal", if options.decimal_comma { "," } else { "." });
    out.optional("comment", options.comment.map(|byte| char::from(byte).to_string()));
}

fn label_column<'a>() -> Rule<'a, ColumnRef> {
    text("a column's name", |name| !name.is_empty()).map(ColumnRef::Name).or(position())
}

/// A column that is left out, which may be one without a name.
fn column<'a>() -> Rule<'a, ColumnRef> {
    text("a column's name", |_| true).map(ColumnRef::Name).or(position())
}

fn position<'a>() -> Rule<'a, ColumnRef> {
    integer("its position from 0, or from the end with -1").map(ColumnRef::Position)
}

/// A list, or one of its items alone.
fn one_or_more<'a, T: 'a>(item: impl Fn() -> Rule<'a, T>) -> Rule<'a, Vec<T>> {
    let mut rule = list(item(), 0).or(item().map(|item| vec![item]));
    rule.allowed = format!("a list, each item {}, or one of these", item().allowed);
    rule
}

fn written_column(column: &ColumnRef) -> toml::Value {
    match column {
        ColumnRef::Name(name) => name.as_str().into(),
        ColumnRef::Position(position) => (*position).into(),
    }
}

const AUTO: &str = "auto";
const WHITESPACE: &str = "whitespace";

fn delimiter<'a>() -> Rule<'a, Delimiter> {
    let read = |text: &str| match text {
        AUTO => Some(Delimiter::Auto),
        WHITESPACE => Some(Delimiter::Whitespace),
        // As a shell hands it over.
        "\\t" | "tab" => Some(Delimiter::Character(b'\t')),
        _ => character(text).map(Delimiter::Character),
    };
    let allowed =
        "an ASCII character that is no quote, letter, digit or line break, \"whitespace\" or \"auto\"";
    text(allowed, move |text| read(text).is_some()).map(move |text| read(&text).unwrap_or_default())
}

fn written_delimiter(delimiter: Delimiter) -> toml::Value {
    match delimiter {
        Delimiter::Auto => AUTO.into(),
        Delimiter::Whitespace => WHITESPACE.into(),
        Delimiter::Character(byte) => char::from(byte).to_string().into(),
    }
}

fn comment<'a>() -> Rule<'a, u8> {
    let allowed = "an ASCII character that is no quote, letter, digit or line break";
    text(allowed, |text| character(text).is_some()).map(|text| character(&text).unwrap_or(b'#'))
}

/// The byte of a text of one character that can stand between cells.
fn character(text: &str) -> Option<u8> {
    let [byte] = text.as_bytes() else { return None };
    let good = byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n\0".contains(byte);
    good.then_some(*byte)
}

fn header<'a>() -> Rule<'a, Header> {
    let given = flag().map(|present| if present { Header::Present } else { Header::Absent });
    given.or(word(&HEADER))
}

fn missing_value<'a>() -> Rule<'a, String> {
    text("a text", |_| true).or(number("a number", |_| true).map(|number| number.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_divide_are_ascii_and_stand_in_no_number_or_word() {
        for (text, byte) in [("|", Some(b'|')), ("#", Some(b'#')), ("ab", None), ("é", None), ("1", None)] {
            assert_eq!(character(text), byte, "{text}");
        }
    }
}
