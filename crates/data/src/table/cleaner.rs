//! Cleaning the text of a table before the `csv` crate reads it.
//!
//! Quotes that are not closed or stand inside a cell are errors, with the line where they open. Blank lines, comments and
//! whitespace around quotes are removed, a run of whitespace becomes one delimiter, and the line of each row is recorded.

use super::records::Separator;
use crate::problem::TableProblem;

/// The position of the next byte in its cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first character that is not padding.
    Start,
    /// Inside a cell without quotes.
    Plain,
    /// Inside quotes.
    Quoted,
    /// After a quote that closes the cell or is the first of an escaped pair.
    Closing,
    /// After a closed cell and padding.
    Closed,
    /// In a run of whitespace that separates cells.
    Gap,
    /// In a comment.
    Comment,
}

/// Cleans a text in place; the cleaned text is never longer, but for a last line break.
pub(super) struct Cleaner {
    pub text: Vec<u8>,
    separator: Separator,
    comment: Option<u8>,
    /// Bytes of the cleaned text.
    pub written: usize,
    /// The start of the current row in the cleaned text.
    pub row: usize,
    /// The start of the current cell in the cleaned text.
    cell: usize,
    /// Whether the current row has any content.
    filled: bool,
    state: State,
    line: u64,
    row_line: u64,
    quote_line: u64,
    /// The line, from 1, of each row.
    pub lines: Vec<u64>,
}

impl Cleaner {
    pub fn new(text: Vec<u8>, separator: Separator, comment: Option<u8>) -> Self {
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

    /// Cleans up to the end of the text, or until there are `most` rows.
    pub fn run(&mut self, most: usize) -> Result<(), TableProblem> {
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
        // At most one byte is written for each byte read, except for the line break of the last row.
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

    /// Processes a byte that is outside of quotes and not a line break.
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
