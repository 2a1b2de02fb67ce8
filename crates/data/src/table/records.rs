//! The rows of a table's text.
//!
//! Rows are read by the `csv` crate, which takes any quote for something. [`Records::new`] goes over the
//! text first: it refuses quotes that are not closed or stand inside a cell, with the line where they open,
//! and brings the text into a form that the crate reads as it is meant. It leaves out blank lines, comments
//! and blanks around quotes, makes one delimiter of a run of whitespace, and notes the line of each row.

use crate::problem::TableProblem;
use csv::{ReaderBuilder, StringRecord, Trim};

/// Bytes of a text that a sample is taken from.
const SAMPLE_SIZE: usize = 1 << 20;

/// What divides the cells of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    /// An ASCII character.
    Character(u8),
    /// A run of spaces and tabs.
    Whitespace,
}

impl Separator {
    /// The byte between the cells of the cleaned text.
    fn byte(self) -> u8 {
        match self {
            Self::Character(byte) => byte,
            Self::Whitespace => b' ',
        }
    }

    /// Whether a byte is one that may stand around a cell.
    fn pads(self, byte: u8) -> bool {
        matches!(byte, b' ' | b'\t') && self != Self::Character(byte)
    }
}

/// The rows of a table.
pub(super) struct Records {
    text: Vec<u8>,
    /// The line, from 1, of each row.
    pub lines: Vec<u64>,
    separator: Separator,
}

/// Where in a cell the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before its first character that is not padding.
    Start,
    /// Inside a cell without quotes.
    Plain,
    /// Inside quotes.
    Quoted,
    /// Right behind a quote that closes the cell, or is the first of two that stand for one.
    Closing,
    /// Behind a closed cell and padding.
    Closed,
    /// In a run of whitespace that divides cells.
    Gap,
    /// In a comment.
    Comment,
}

impl Records {
    /// Goes over a text.
    pub fn new(text: Vec<u8>, separator: Separator, comment: Option<u8>) -> Result<Self, TableProblem> {
        let mut cleaner = Cleaner::new(text, separator, comment);
        cleaner.run(usize::MAX)?;
        let Cleaner { mut text, written, lines, .. } = cleaner;
        text.truncate(written);
        Ok(Self { text, lines, separator })
    }

    /// The first rows of a text, at most `most`, up to the first quote that is wrong.
    pub fn sample(text: &[u8], separator: Separator, comment: Option<u8>, most: usize) -> Self {
        let cut = &text[..text.len().min(SAMPLE_SIZE)];
        let whole = if cut.len() == text.len() { None } else { cut.iter().rposition(|&byte| byte == b'\n') };
        let cut = whole.map_or(cut, |last| &cut[..=last]);
        let mut cleaner = Cleaner::new(cut.to_vec(), separator, comment);
        // Whatever is wrong is reported when the whole text is read.
        let _ = cleaner.run(most);
        let Cleaner { mut text, row, lines, .. } = cleaner;
        text.truncate(row);
        Self { text, lines, separator }
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

/// Writes the cleaned text over the text itself, which is never shorter.
struct Cleaner {
    text: Vec<u8>,
    separator: Separator,
    comment: Option<u8>,
    /// Bytes of the cleaned text.
    written: usize,
    /// Where the row begins in the cleaned text.
    row: usize,
    /// Where the cell begins in the cleaned text.
    cell: usize,
    /// Whether the row has anything in it.
    filled: bool,
    state: State,
    line: u64,
    row_line: u64,
    quote_line: u64,
    lines: Vec<u64>,
}

impl Cleaner {
    fn new(text: Vec<u8>, separator: Separator, comment: Option<u8>) -> Self {
        Self {
            text,
            separator,
            comment,
            written: 0,
            row: 0,
            cell: 0,
            filled: false,
            state: State::Start,
            line: 1,
            row_line: 1,
            quote_line: 1,
            lines: Vec::new(),
        }
    }

    /// Goes on to the end of the text, or until there are `most` rows.
    fn run(&mut self, most: usize) -> Result<(), TableProblem> {
        let mut place = 0;
        while let Some(&byte) = self.text.get(place) {
            let ends_line =
                byte == b'\n' || (byte == b'\r' && self.text.get(place + 1).copied() != Some(b'\n'));
            if self.state == State::Quoted {
                self.quoted(byte);
            } else if matches!(byte, b'\n' | b'\r') {
                if ends_line {
                    self.end_row();
                }
            } else {
                self.step(byte)?;
            }
            if ends_line {
                self.line += 1;
                if self.state != State::Quoted {
                    self.row_line = self.line;
                }
            }
            place += 1;
            if self.lines.len() >= most {
                return Ok(());
            }
        }
        if self.state == State::Quoted {
            return Err(TableProblem::UnclosedQuote { line: self.quote_line });
        }
        self.end_row();
        Ok(())
    }

    fn write(&mut self, byte: u8) {
        // At most one byte is written for each that was read, but for the line break of the last row.
        match self.text.get_mut(self.written) {
            Some(place) => *place = byte,
            None => self.text.push(byte),
        }
        self.written += 1;
    }

    fn quoted(&mut self, byte: u8) {
        self.write(byte);
        if byte == b'"' {
            self.state = State::Closing;
        }
    }

    /// Takes a byte that is outside of quotes and no line break.
    fn step(&mut self, byte: u8) -> Result<(), TableProblem> {
        if self.state == State::Comment {
            return Ok(());
        }
        if self.comment == Some(byte) {
            self.state = State::Comment;
            return Ok(());
        }
        let whitespace = self.separator == Separator::Whitespace;
        if whitespace && matches!(byte, b' ' | b'\t') {
            if self.state != State::Start {
                self.state = State::Gap;
            }
            return Ok(());
        }
        if self.separator == Separator::Character(byte) {
            self.write(byte);
            self.cell = self.written;
            self.filled = true;
            self.state = State::Start;
            return Ok(());
        }
        let padding = self.separator.pads(byte);
        match self.state {
            State::Gap => {
                self.write(self.separator.byte());
                self.cell = self.written;
                self.state = State::Start;
                return self.step(byte);
            }
            State::Start if padding => self.write(byte),
            State::Start if byte == b'"' => {
                self.written = self.cell;
                self.write(byte);
                self.filled = true;
                self.quote_line = self.line;
                self.state = State::Quoted;
            }
            State::Closing if byte == b'"' => {
                self.write(byte);
                self.state = State::Quoted;
            }
            State::Closing | State::Closed if padding => self.state = State::Closed,
            State::Closing | State::Closed => {
                return Err(TableProblem::TextAfterQuote { opened: self.quote_line, line: self.line });
            }
            State::Start | State::Plain if byte != b'"' => {
                self.write(byte);
                self.filled = true;
                self.state = State::Plain;
            }
            _ => return Err(TableProblem::QuoteInCell { line: self.line }),
        }
        Ok(())
    }

    fn end_row(&mut self) {
        if self.filled {
            self.write(b'\n');
            self.lines.push(self.row_line);
        } else {
            self.written = self.row;
        }
        self.row = self.written;
        self.cell = self.written;
        self.filled = false;
        self.state = State::Start;
    }
}
