//! What a cell holds.

use super::options::TableOptions;
use std::collections::BTreeSet;

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell {
    /// Nothing, or a word that stands for nothing.
    Missing,
    /// A number that a network takes.
    Number(f64),
    /// A number that is infinite, too large for single precision, or NaN.
    NotFinite,
    /// Anything else.
    Word,
}

/// The largest number that networks, which compute in single precision, take.
const LARGEST: f64 = f32::MAX as f64;

/// Tells what cells hold.
pub(super) struct CellReader {
    missing: BTreeSet<String>,
    /// The numbers among the missing values.
    missing_numbers: Vec<f64>,
    decimal_comma: bool,
}

impl CellReader {
    pub fn new(options: &TableOptions) -> Self {
        // A number of the configuration has a point, whatever mark the file has.
        let number = |text: &String| parse(text, options.decimal_comma).or_else(|| parse(text, false));
        let numbers = options.missing_values.iter().filter_map(number);
        Self {
            missing: options.missing_values.iter().cloned().collect(),
            missing_numbers: numbers.filter(|number| number.is_finite()).collect(),
            decimal_comma: options.decimal_comma,
        }
    }

    pub fn read(&self, text: &str) -> Cell {
        match parse(text, self.decimal_comma) {
            _ if self.is_missing(text) => Cell::Missing,
            Some(number) if self.missing_numbers.contains(&number) => Cell::Missing,
            Some(number) if number.abs() <= LARGEST => Cell::Number(number),
            Some(_) => Cell::NotFinite,
            None => Cell::Word,
        }
    }

    /// Whether a cell is empty or one of the words that stand for nothing.
    pub fn is_missing(&self, text: &str) -> bool {
        text.is_empty() || self.missing.contains(text)
    }

    /// Whether a cell holds a finite number that is larger than networks take.
    pub fn is_too_large(&self, text: &str) -> bool {
        parse(text, self.decimal_comma).is_some_and(|number| number.is_finite() && number.abs() > LARGEST)
    }

    /// Whether a word would be a number if its comma were a point, or its point a comma.
    pub fn is_other_decimal(&self, text: &str) -> bool {
        parse(text, !self.decimal_comma).is_some_and(f64::is_finite)
    }
}

/// The number that a text is: `-1.5`, `+3`, `.5`, `1e5`; `nan` and `inf` too.
fn parse(text: &str, decimal_comma: bool) -> Option<f64> {
    if !decimal_comma {
        return text.parse().ok();
    }
    if text.contains('.') {
        return None;
    }
    text.replacen(',', ".", 1).parse().ok()
}
