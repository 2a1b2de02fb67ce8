//! Detection of the delimiter and the header.

use super::cell::{Cell, CellReader};
use super::options::{Delimiter, TableOptions};
use super::records::{Records, Separator};
use crate::problem::TableProblem;
use csv::StringRecord;
use std::collections::BTreeMap;

/// The delimiters that are tried, the most common first.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The number of rows that are examined.
pub(super) const SAMPLE_ROWS: usize = 1000;

/// The separator that the options name, or that fits the text best.
pub(super) fn separator(text: &[u8], options: &TableOptions) -> Result<Separator, TableProblem> {
    match options.delimiter {
        Delimiter::Whitespace => Ok(Separator::Whitespace),
        Delimiter::Character(byte) => Ok(Separator::Character(byte)),
        Delimiter::Auto => found_separator(text, options).map(Separator::Character),
    }
}

/// The candidate that divides the most rows into the same number of cells, two or more; among those that
/// do equally well, the one that gives more numbers, then more cells. A comma where none fits; an error where two
/// fit alike, as in `1,5;a`.
fn found_separator(text: &[u8], options: &TableOptions) -> Result<u8, TableProblem> {
    let comma_divides = !options.decimal_comma;
    let candidates = CANDIDATES.into_iter().filter(|&byte| comma_divides || byte != b',');
    let fits: Vec<(Fit, u8)> = candidates
        .filter_map(|byte| fit(text, Separator::Character(byte), options).map(|fit| (fit, byte)))
        .collect();
    let best = fits.iter().fold(None, |best: Option<&(Fit, u8)>, other| match best {
        Some(best) if best.0 >= other.0 => Some(best),
        _ => Some(other),
    });
    let Some((fit, byte)) = best else { return Ok(if comma_divides { b',' } else { b';' }) };
    let alike = fits.iter().find(|(other, rival)| other == fit && rival != byte);
    match alike {
        Some((_, rival)) => {
            Err(TableProblem::AmbiguousDelimiter { first: char::from(*byte), second: char::from(*rival) })
        }
        None => Ok(*byte),
    }
}

/// How well a separator fits, in the order of what counts.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
struct Fit {
    /// The share of rows that have the usual number of cells.
    regular: f64,
    /// The share of cells that are numbers or missing.
    numbers: f64,
    /// The usual number of cells.
    cells: usize,
}

fn fit(text: &[u8], separator: Separator, options: &TableOptions) -> Option<Fit> {
    let rows = sample(text, separator, options);
    let cells = usual_length(&rows).filter(|&cells| cells > 1)?;
    let regular: Vec<&StringRecord> = rows.iter().filter(|row| row.len() == cells).collect();
    // Whether numbers have points or commas is not known yet where commas do not divide.
    let readers = [false, true]
        .map(|decimal_comma| CellReader::new(&TableOptions { decimal_comma, ..options.clone() }));
    let readers = if separator == Separator::Character(b',') { &readers[..1] } else { &readers[..] };
    let is_number = |text: &str| readers.iter().any(|reader| reader.read(text) != Cell::Word);
    let numbers = regular.iter().flat_map(|row| row.iter()).filter(|cell| is_number(cell)).count();
    Some(Fit {
        regular: regular.len() as f64 / rows.len() as f64,
        numbers: numbers as f64 / (cells * regular.len()) as f64,
        cells,
    })
}

fn sample(text: &[u8], separator: Separator, options: &TableOptions) -> Vec<StringRecord> {
    let records = Records::sample(text, separator, options.comment, SAMPLE_ROWS);
    records.first(SAMPLE_ROWS).unwrap_or_default()
}

/// The number of cells that most rows have.
fn usual_length(rows: &[StringRecord]) -> Option<usize> {
    let mut counts = BTreeMap::<usize, usize>::new();
    rows.iter().for_each(|row| *counts.entry(row.len()).or_default() += 1);
    counts.into_iter().max_by_key(|&(_, count)| count).map(|(length, _)| length)
}

/// Whether runs of whitespace divide rows of one cell into the same number of cells.
pub(super) fn is_divided_by_whitespace(text: &[u8], options: &TableOptions) -> bool {
    let rows = sample(text, Separator::Whitespace, options);
    usual_length(&rows).is_some_and(|cells| cells > 1 && rows.iter().all(|row| row.len() == cells))
}

/// The kind of the first row, detected from its content.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FirstRow {
    /// It has no numbers in columns of numbers.
    Header,
    /// It has numbers in columns of numbers.
    Data,
    /// It may be either, for this reason.
    Unclear(&'static str),
}

/// Compares the first row with the rows below it, in the columns that hold only numbers there, or if there are none, in
/// those that hold mostly numbers.
pub(super) fn first_row(rows: &[StringRecord], cells: &CellReader) -> FirstRow {
    let [first, below @ ..] = rows else { return FirstRow::Unclear("it has no row") };
    let counts: Vec<(usize, usize)> = (0..first.len()).map(|column| count(below, column, cells)).collect();
    let chosen = |holds: fn(&(usize, usize)) -> bool| -> Vec<usize> {
        (0..counts.len()).filter(|&column| holds(&counts[column])).collect()
    };
    let mut columns = chosen(|&(numbers, words)| numbers > 0 && words == 0);
    if columns.is_empty() {
        columns = chosen(|&(numbers, words)| numbers > words);
    }
    let held: Vec<(usize, Cell)> =
        columns.iter().map(|&column| (column, cells.read(&first[column]))).collect();
    let words = held.iter().filter(|(_, cell)| *cell == Cell::Word).count();
    let numbers: Vec<usize> = held
        .iter()
        .filter(|(_, cell)| matches!(cell, Cell::Number(_) | Cell::NotFinite))
        .map(|&(column, _)| column)
        .collect();
    match (words, numbers.len()) {
        (0, 0) => FirstRow::Unclear("no column holds numbers below it"),
        (_, 0) => FirstRow::Header,
        (0, _) if counts_up(first, &numbers) && 2 * counting_rows(below, &numbers) <= below.len() => {
            FirstRow::Unclear("it counts up, as names that are numbers do")
        }
        (0, _) => FirstRow::Data,
        _ => FirstRow::Unclear("it holds both numbers and words where the rows below hold numbers"),
    }
}

/// Counts the numbers and the words of a column.
fn count(rows: &[StringRecord], column: usize, cells: &CellReader) -> (usize, usize) {
    let (mut numbers, mut words) = (0, 0);
    for cell in rows.iter().filter_map(|row| row.get(column)) {
        match cells.read(cell) {
            Cell::Number(_) | Cell::NotFinite => numbers += 1,
            Cell::Word => words += 1,
            Cell::Missing => (),
        }
    }
    (numbers, words)
}

fn counting_rows(rows: &[StringRecord], columns: &[usize]) -> usize {
    rows.iter().filter(|row| counts_up(row, columns)).count()
}

/// Whether three or more cells are whole numbers at equal distances, such as years or positions.
fn counts_up(row: &StringRecord, columns: &[usize]) -> bool {
    let numbers = columns.iter().map(|&column| row.get(column)?.parse::<i64>().ok());
    let Some(numbers) = numbers.collect::<Option<Vec<i64>>>().filter(|numbers| numbers.len() > 2) else {
        return false;
    };
    let step = numbers[1].wrapping_sub(numbers[0]);
    step > 0 && numbers.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step)
}
