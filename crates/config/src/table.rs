//! The keys of `[data]` that say how a table is written and which of its columns are used.
//!
//! They hold for `file`, `test_file` and the files that `predict` is given alike.

use super::key::key;
use super::rule::{Rule, flag, integer, list, real, text, word};
use super::section::Section;
use emberlab_data::{
    Categories, ColumnRef, Delimiter, Header, MissingPolicy, TableFile, TableFormat, TableOptions,
};

const HEADER: [(&str, Header); 1] = [("auto", Header::Auto)];

const MISSING: [(&str, MissingPolicy); 4] = [
    ("error", MissingPolicy::Error),
    ("drop", MissingPolicy::Drop),
    ("mean", MissingPolicy::Mean),
    ("median", MissingPolicy::Median),
];

const CATEGORIES: [(&str, Categories); 2] = [("error", Categories::Error), ("one-hot", Categories::OneHot)];

const DECIMAL: [(&str, bool); 2] = [(".", false), (",", true)];

/// The keys of the column of labels, of the columns that are left out, and of how the table is written.
pub(super) fn keys(
    format: TableFormat,
    section: &mut Section<'_>,
    written: Option<&TableFile>,
) -> (ColumnRef, Vec<ColumnRef>, TableOptions) {
    let label = key(
        "label",
        label_column(),
        "the column of classes, by its name or its position from 0; -1 is the last",
    );
    let label = section.value(label, "label".into(), written.map(|file| file.label.clone()));
    let about = "columns that are left out, by name or position; `\"\"` is a column without a name";
    let ignore = key("ignore", one_or_more(column), about);
    let ignore = section.value(ignore, Vec::new(), written.map(|file| file.ignore.clone()));
    if ignore.contains(&label) {
        section.problem("ignore", format!("has {label} in it, which is the column of labels"));
    }
    let written = written.map(|file| &file.options);
    let text = match format {
        TableFormat::Text => text_keys(section, written),
        TableFormat::Parquet => TableOptions::default(),
    };
    let options = cell_keys(section, text, written);
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

/// How a text is written.
fn text_keys(section: &mut Section<'_>, written: Option<&TableOptions>) -> TableOptions {
    let default = TableOptions::default();
    let about =
        "character between cells, `whitespace`, or `auto`, which chooses one of `,`, `;`, tab and `|`";
    let delimiter = key("delimiter", delimiter(), about);
    let delimiter = section.value(delimiter, default.delimiter, written.map(|options| options.delimiter));
    let header = key("header", header(), "whether the first row names the columns");
    let header = section.value(header, default.header, written.map(|options| options.header));
    let decimal = key("decimal", word(&DECIMAL), "the decimal mark of numbers");
    let decimal_comma =
        section.value(decimal, default.decimal_comma, written.map(|options| options.decimal_comma));
    let comment = key("comment", comment(), "character that starts a comment, up to the end of the line");
    let comment = section.optional(comment, written.and_then(|options| options.comment));
    TableOptions { delimiter, header, decimal_comma, comment, ..default }
}

/// What cells mean. `text` is how the text is written.
fn cell_keys(section: &mut Section<'_>, text: TableOptions, written: Option<&TableOptions>) -> TableOptions {
    let default = TableOptions::default();
    let about = "cells that count as missing values; empty cells always do";
    let missing_values = key("missing_values", one_or_more(missing_value), about);
    let missing_values = section.value(
        missing_values,
        default.missing_values,
        written.map(|options| options.missing_values.clone()),
    );
    let about =
        "what to do with missing values: stop, leave out the row, or fill in the column's mean or median";
    let missing = key("missing", word(&MISSING), about);
    let missing = section.value(missing, default.missing, written.map(|options| options.missing));
    let categories = key("categories", word(&CATEGORIES), "what to do with columns of words");
    let categories = section.value(categories, default.categories, written.map(|options| options.categories));
    TableOptions { missing_values, missing, categories, ..text }
}

fn label_column<'a>() -> Rule<'a, ColumnRef> {
    column_name(|name| !name.is_empty()).or(position())
}

/// A column that is left out, which may be one without a name.
fn column<'a>() -> Rule<'a, ColumnRef> {
    column_name(|_| true).or(position())
}

fn column_name<'a>(condition: impl Fn(&str) -> bool + 'a) -> Rule<'a, ColumnRef> {
    text("a column's name", condition).map(ColumnRef::Name, |column| match column {
        ColumnRef::Name(name) => Some(name.clone()),
        ColumnRef::Position(_) => None,
    })
}

fn position<'a>() -> Rule<'a, ColumnRef> {
    integer("its position from 0, or from the end with -1").map(ColumnRef::Position, |column| match column {
        ColumnRef::Position(position) => Some(*position),
        ColumnRef::Name(_) => None,
    })
}

/// A list, or one of its items alone; always written as a list.
fn one_or_more<'a, T: 'a>(item: impl Fn() -> Rule<'a, T>) -> Rule<'a, Vec<T>> {
    let allowed = format!("a list, each item {}, or one of these", item().allowed);
    list(item(), 0).or(item().map(|item| vec![item], |_| None)).described(allowed)
}

const AUTO: &str = "auto";
const WHITESPACE: &str = "whitespace";

fn delimiter<'a>() -> Rule<'a, Delimiter> {
    let read = |text: &str| match text {
        AUTO => Some(Delimiter::Auto),
        WHITESPACE => Some(Delimiter::Whitespace),
        // A shell passes `\t` as two characters.
        "\\t" | "tab" => Some(Delimiter::Character(b'\t')),
        _ => character(text).map(Delimiter::Character),
    };
    let allowed =
        "an ASCII character that is no quote, letter, digit or line break, \"whitespace\" or \"auto\"";
    text(allowed, move |text| read(text).is_some()).map(
        move |text| read(&text).unwrap_or_default(),
        |delimiter| match delimiter {
            Delimiter::Auto => Some(AUTO.to_owned()),
            Delimiter::Whitespace => Some(WHITESPACE.to_owned()),
            Delimiter::Character(byte) => Some(char::from(*byte).to_string()),
        },
    )
}

fn comment<'a>() -> Rule<'a, u8> {
    let allowed = "an ASCII character that is no quote, letter, digit or line break";
    text(allowed, |text| character(text).is_some())
        .map(|text| character(&text).unwrap_or(b'#'), |&byte| Some(char::from(byte).to_string()))
}

/// The byte of a text of one character that can stand between cells.
fn character(text: &str) -> Option<u8> {
    let [byte] = text.as_bytes() else { return None };
    let good = byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n\0".contains(byte);
    good.then_some(*byte)
}

fn header<'a>() -> Rule<'a, Header> {
    let given = flag().map(
        |present| if present { Header::Present } else { Header::Absent },
        |header| match header {
            Header::Present => Some(true),
            Header::Absent => Some(false),
            Header::Auto => None,
        },
    );
    given.or(word(&HEADER))
}

fn missing_value<'a>() -> Rule<'a, String> {
    text("a text", |_| true).or(real().map(|number| number.to_string(), |_| None))
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
