//! The rows of a table's text.
//!
//! The `csv` crate reads the rows. It accepts any quote, so the text is cleaned first (`cleaner`): wrong quotes become
//! errors with their line, and the text gets a form that the crate reads as intended.

use super::cleaner::Cleaner;
use crate::problem::{RowPlace, TableProblem};
use csv::{ReaderBuilder, StringRecord, Trim};
use std::collections::BTreeMap;

/// The number of bytes that a sample of rows is taken from.
const SAMPLE_SIZE: usize = 1 << 20;

/// What separates the cells of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    /// An ASCII character.
    Character(u8),
    /// A run of spaces and tabs.
    Whitespace,
}

impl Separator {
    /// The byte between the cells of the cleaned text.
    pub fn byte(self) -> u8 {
        match self {
            Self::Character(byte) => byte,
            Self::Whitespace => b' ',
        }
    }

    /// Whether a byte is padding around a cell.
    pub fn pads(self, byte: u8) -> bool {
        matches!(byte, b' ' | b'\t') && self != Self::Character(byte)
    }
}

/// The rows of a table.
pub(super) struct Records {
    text: Vec<u8>,
    /// The line of each row, from 1; of a Parquet file its row, from 1, and 0 for the names.
    lines: Vec<u64>,
    /// What the lines count.
    place: fn(u64) -> RowPlace,
    separator: Separator,
    /// Columns whose values are neither numbers nor text, and the kind of these values.
    unreadable: BTreeMap<usize, &'static str>,
}

impl Records {
    /// Cleans a text and finds its rows.
    pub fn new(text: Vec<u8>, separator: Separator, comment: Option<u8>) -> Result<Self, TableProblem> {
        let mut cleaner = Cleaner::new(text, separator, comment);
        cleaner.run(usize::MAX)?;
        let Cleaner { mut text, written, lines, .. } = cleaner;
        text.truncate(written);
        Ok(Self::of_text(text, lines, separator))
    }

    /// The first rows of a text, at most `most`, up to the first wrong quote.
    pub fn sample(text: &[u8], separator: Separator, comment: Option<u8>, most: usize) -> Self {
        let cut = &text[..text.len().min(SAMPLE_SIZE)];
        let whole = if cut.len() == text.len() { None } else { cut.iter().rposition(|&byte| byte == b'\n') };
        let cut = whole.map_or(cut, |last| &cut[..=last]);
        let mut cleaner = Cleaner::new(cut.to_vec(), separator, comment);
        // Reading the whole text reports the problem.
        let _ = cleaner.run(most);
        let Cleaner { mut text, row, lines, .. } = cleaner;
        text.truncate(row);
        Self::of_text(text, lines, separator)
    }

    fn of_text(text: Vec<u8>, lines: Vec<u64>, separator: Separator) -> Self {
        Self { text, lines, place: RowPlace::Line, separator, unreadable: BTreeMap::new() }
    }

    /// The rows of a Parquet file, `n` beside the names of the columns, as text with commas.
    pub fn of_rows(text: Vec<u8>, n: u64, unreadable: BTreeMap<usize, &'static str>) -> Self {
        let (place, separator) = (RowPlace::Row as fn(u64) -> RowPlace, Separator::Character(b','));
        Self { text, lines: (0..=n).collect(), place, separator, unreadable }
    }

    /// Where a row stands, by its number from 0.
    pub fn place(&self, number: usize) -> RowPlace {
        (self.place)(self.lines[number])
    }

    /// Refuses a column whose values are neither numbers nor text.
    pub fn check_readable(&self, column: usize, title: &str) -> Result<(), TableProblem> {
        match self.unreadable.get(&column) {
            Some(kind) => Err(TableProblem::Unreadable { kind, column: title.to_owned() }),
            None => Ok(()),
        }
    }

    /// Calls `read` with the number, from 0, and the cells of each row, until it fails.
    pub fn for_each(
        &self,
        read: impl FnMut(usize, &StringRecord) -> Result<(), TableProblem>,
    ) -> Result<(), TableProblem> {
        self.for_first(usize::MAX, read)
    }

    /// The first rows.
    pub fn first(&self, most: usize) -> Result<Vec<StringRecord>, TableProblem> {
        let mut rows = Vec::new();
        self.for_first(most, |_, row| {
            rows.push(row.clone());
            Ok(())
        })?;
        Ok(rows)
    }

    fn for_first(
        &self,
        most: usize,
        mut read: impl FnMut(usize, &StringRecord) -> Result<(), TableProblem>,
    ) -> Result<(), TableProblem> {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.separator.byte())
            .trim(Trim::All)
            .from_reader(self.text.as_slice());
        let mut row = StringRecord::new();
        for number in 0..most {
            let more = reader.read_record(&mut row);
            if !more.map_err(|error| TableProblem::Csv { reason: error.to_string() })? {
                let expected = self.lines.len();
                if number == expected {
                    break;
                }
                let reason = format!("it has {expected} rows, {number} were read");
                return Err(TableProblem::Csv { reason });
            }
            read(number, &row)?;
        }
        Ok(())
    }
}
