//! Problems of tables.

use super::parquet::ParquetProblem;
use crate::text::{self, MAX_ITEMS, backticked, count, quoted};
use std::fmt;

/// Where a row stands in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowPlace {
    /// A line of a text, from 1.
    Line(u64),
    /// A row of a Parquet file, from 1.
    Row(u64),
}

impl RowPlace {
    /// The number of the line or row.
    pub fn number(self) -> u64 {
        match self {
            Self::Line(number) | Self::Row(number) => number,
        }
    }
}

impl fmt::Display for RowPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(number) => write!(f, "line {number}"),
            Self::Row(number) => write!(f, "row {number}"),
        }
    }
}

/// What is wrong with the bytes of a table's file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum TextProblem {
    /// A named pipe, a device or a folder.
    #[error("{reason}")]
    NotRegular { reason: String },
    /// Another format, known by its first bytes.
    #[error("{description}")]
    OtherFormat { description: &'static str },
    /// A NUL byte.
    #[error("has a NUL byte in line {line}, so it is UTF-16 or no text; save it again as UTF-8")]
    NulByte { line: u64 },
    /// Bytes that are not UTF-8.
    #[error(
        "is not UTF-8 text in line {line}; if it is Latin-1 or Windows-1252, convert it: `iconv -f WINDOWS-1252 -t UTF-8`"
    )]
    NotUtf8 { line: u64 },
    /// A gzip file without its end.
    #[error("is a gzip file that is cut off; get it again")]
    GzipCutOff,
    /// A gzip file that cannot be unpacked.
    #[error("is a damaged gzip file: {reason}; get it again")]
    GzipDamaged { reason: String },
    /// A gzip file that unpacks to too many bytes.
    #[error("is larger than {max} bytes when unpacked")]
    TooLargeUnpacked { max: u64 },
}

/// What is wrong with a table. Lines count from 1; a `column` is a column's title, such as `` column `x` ``, unless it is
/// a number, which counts from 0; `other` describes the table whose columns are expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum TableProblem {
    /// The file's bytes are not the text of a table.
    #[error(transparent)]
    Text(#[from] TextProblem),
    /// The file is a Parquet file that cannot be read, or should be one.
    #[error(transparent)]
    Parquet(#[from] ParquetProblem),
    /// A column whose values are neither numbers nor text.
    #[error("has {kind} in {column}, which are neither numbers nor words; leave it out with `ignore`")]
    Unreadable { kind: &'static str, column: String },
    /// The text cannot be read as CSV.
    #[error("cannot be read as CSV: {reason}")]
    Csv { reason: String },
    /// A problem with a hint that the look of the text suggests.
    #[error("{problem}; {hint}")]
    WithHint { problem: Box<TableProblem>, hint: &'static str },

    /// A quote that is never closed.
    #[error(
        "has a quote in line {line} that is not closed; close it, or double each quote that belongs to a cell"
    )]
    UnclosedQuote { line: u64 },
    /// Text after a closing quote.
    #[error(
        "has a stray quote: one opens in line {opened}, and text follows where it closes, in line {line}; double each quote \
         that belongs to a cell"
    )]
    TextAfterQuote { opened: u64, line: u64 },
    /// A quote inside an unquoted cell.
    #[error("has a stray quote in line {line}, inside of a cell; quote the whole cell and double the quote")]
    QuoteInCell { line: u64 },

    /// Two delimiters fit equally well.
    #[error(
        "is divided as well by {first:?} as by {second:?}; set `delimiter`, and `decimal = \",\"` if numbers have commas"
    )]
    AmbiguousDelimiter { first: char, second: char },
    /// The first row may or may not be a header.
    #[error("has a first row that may be a header or not: {reason}; set `header = true` or `header = false`")]
    UnclearHeader { reason: &'static str },
    /// A column is named although the file has no header.
    #[error(
        "has no header, so `{key}` cannot be {}: give a position, from 0, or -1 for the last of the {}; or set \
         `header = true` if the first row names the columns",
        quoted(.name), count(*.n_columns, "column")
    )]
    NameWithoutHeader { key: String, name: String, n_columns: usize },
    /// A position outside the columns. `is_name`: a column has this number as its name.
    #[error(
        "has no column {position}, as `{key}` says: positions are 0 to {} and -1 to -{n_columns}{}",
        *.n_columns as i64 - 1,
        if *.is_name { format!("; the column named \"{position}\" is written in quotes") } else { String::new() }
    )]
    NoPosition { key: String, position: i64, n_columns: usize, is_name: bool },
    /// No column without a name.
    #[error("has no column without a name, as `{key}` says")]
    NoUnnamedColumn { key: String },
    /// No column with this name.
    #[error("has no column {}, as `{key}` says; its columns are {}", backticked(.name), names(.columns))]
    UnknownColumn { key: String, name: String, columns: Vec<String> },
    /// A name with a line break; `start` is its first line.
    #[error("has a column whose name has a line break in it: {}…", quoted(.start))]
    LineBreakInName { start: String },
    /// Two columns with one name.
    #[error("has two columns {}, at positions {first} and {second}; rename one", backticked(.name))]
    DuplicateColumn { name: String, first: usize, second: usize },
    /// The label is one of several columns without a name.
    #[error("has several columns without a name, as `label` says; give a position")]
    AmbiguousLabel,
    /// The label is left out.
    #[error("has its labels in {column}, which `ignore` leaves out")]
    LabelIgnored { column: String },
    /// No column is an input.
    #[error("has no column of numbers beside the label")]
    NoInputs,
    /// Several inputs have no name.
    #[error("has several columns without a name; leave them out with `ignore = [\"\"]`")]
    UnnamedInputs,

    /// A header where the other table has none.
    #[error("has a header, which {other} does not have; leave it out")]
    UnexpectedHeader { other: String },
    /// No header where the other table has one.
    #[error("has no header, which {other} has; name its columns")]
    MissingHeader { other: String },
    /// Other columns than the other table, by name.
    #[error("{}", different_columns(.missing, .additional, .other))]
    DifferentColumns { missing: Vec<String>, additional: Vec<String>, other: String },
    /// Another number of columns than the other table.
    #[error("has {}, must have {}, as {other}", count(*.found, "column"), alternatives(.allowed))]
    NumberOfColumns { found: usize, allowed: Vec<usize>, other: String },
    /// No column for the labels.
    #[error("has no column {} for the labels, which the training file has", backticked(.name))]
    NoLabelColumn { name: String },

    /// No row.
    #[error("has no row")]
    Empty,
    /// A header and no row.
    #[error("has no row under its header")]
    HeaderOnly,
    /// Every row has a missing value.
    #[error("has a missing value in every row, so that none is left")]
    AllRowsDropped,

    /// Fewer than two different labels; `only` is the one that occurs.
    #[error(
        "has {}{} in {column}, must have two or more",
        different_labels(*.found),
        .only.as_ref().map_or(String::new(), |label| format!(", {},", quoted(label)))
    )]
    TooFewLabels { found: usize, only: Option<String>, column: String },
    /// More labels than classes are supported.
    #[error(
        "has {} in {column}, must have at most {max}; is it the right column?", different_labels(*.found)
    )]
    TooManyLabels { found: usize, max: usize, column: String },
    /// Two labels are spellings of one number.
    #[error(
        "has the labels {} in {} and {} in {} in {column}, which are the same number; write each class in one way",
        quoted(&.first.0), .first.1, quoted(&.second.0), .second.1
    )]
    SameNumber { first: Box<(String, RowPlace)>, second: Box<(String, RowPlace)>, column: String },
    /// A label that the training file does not have.
    #[error("has the label {} in {place}, which the training file does not have", quoted(.label))]
    UnknownLabel { label: String, place: RowPlace },
    /// A row without a label; `value` is what stands for the missing label.
    #[error("has no label in {place}, {column}{}", missing_label(.value))]
    MissingLabel { value: String, place: RowPlace, column: String },

    /// A value in a column that is empty in the first rows and has no name.
    #[error("has {} in {place}, column {column}, which has no name and is empty above", quoted(.value))]
    UnnamedValue { value: String, place: RowPlace, column: usize },
    /// A row of another length than the first.
    #[error(
        "has {} in {place}, must have {expected}, as its {}{hint}",
        count(*.found, "cell"), if *.header { "header" } else { "first row" }
    )]
    RowLength { found: usize, place: RowPlace, expected: usize, header: bool, hint: &'static str },
    /// A cell that is not a finite number.
    #[error("has {} in {place}, {column}, must be a finite number{advice}", quoted(.value))]
    NotANumber { value: String, place: RowPlace, column: String, advice: String },
    /// A number too large for single precision.
    #[error(
        "has {} in {place}, {column}, must lie between -3.4e38 and 3.4e38{advice}", quoted(.value)
    )]
    NumberTooLarge { value: String, place: RowPlace, column: String, advice: &'static str },
    /// A missing value; `value` is what stands for it.
    #[error("has {} in {place}, {column}{}{advice}", missing_value(.value), stands_for_missing(.value))]
    MissingValue { value: String, place: RowPlace, column: String, advice: String },
    /// A cell that contains a line break, mostly because of a wrong quote.
    #[error(
        "has {kind} with a line break in it in the row of {place}, {column}: {}; does a quote open there that should \
         not?",
        quoted(.value)
    )]
    LineBreak { kind: &'static str, value: String, place: RowPlace, column: String },
    /// A column of words with more categories than are supported.
    #[error("has more than {max} different words in {column}; leave it out with `ignore`")]
    TooManyWords { max: usize, column: String },

    /// A column without a value in the training part.
    #[error("has no value of the training part in {column}")]
    NoTrainingValue { column: String },
    /// A column whose mean or median is not finite.
    #[error("has values that are too large for a mean in {column}")]
    MeanNotFinite { column: String },
    /// One-hot encoding makes more inputs than memory holds.
    #[error(
        "has so many categories that its {rows} rows become {inputs} inputs each, more than memory is taken for; leave \
         columns out with `ignore`"
    )]
    TooManyInputs { rows: usize, inputs: usize },
}

/// The first names of a list, in backticks.
fn names(columns: &[String]) -> String {
    text::first(columns.iter().map(|name| backticked(name)), MAX_ITEMS)
}

fn different_labels(found: usize) -> String {
    if found == 1 { "only one label".to_owned() } else { format!("{found} different labels") }
}

fn alternatives(allowed: &[usize]) -> String {
    allowed.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}

fn missing_label(value: &str) -> String {
    match value {
        "" => String::new(),
        _ => format!(
            ": {} stands for a missing value; if it is a class, list `missing_values` without it",
            quoted(value)
        ),
    }
}

fn missing_value(value: &str) -> String {
    if value.is_empty() { "no value".to_owned() } else { quoted(value) }
}

fn stands_for_missing(value: &str) -> &'static str {
    if value.is_empty() { "" } else { ", which stands for a missing value" }
}

fn different_columns(missing: &[String], additional: &[String], other: &str) -> String {
    let name = |name: &String| if name.is_empty() { "without a name".to_owned() } else { backticked(name) };
    let list = |names: &[String]| text::first(names.iter().map(name), MAX_ITEMS);
    let noun = |names: &[String]| if names.len() == 1 { "column" } else { "columns" };
    let mut problems = Vec::new();
    if !missing.is_empty() {
        problems.push(format!("has no {} {}, which {other} has", noun(missing), list(missing)));
    }
    if !additional.is_empty() {
        let article = if additional.len() == 1 { "a" } else { "the" };
        let (noun, list) = (noun(additional), list(additional));
        problems.push(format!("has {article} {noun} {list}, which {other} does not have"));
    }
    problems.join(", and ")
}
