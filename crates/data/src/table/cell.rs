//! The kind and value of a cell.

use super::options::TableOptions;
use std::collections::BTreeSet;

/// The content of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell {
    /// A missing value: nothing, or a word that stands for it.
    Missing,
    /// A number that single precision can represent.
    Number(f64),
    /// A number that is infinite, too large for single precision, or NaN.
    NotFinite,
    /// Anything else.
    Word,
}

/// The largest number, because networks compute in single precision.
const LARGEST: f64 = f32::MAX as f64;

/// Parses cells.
pub(super) struct CellReader {
    missing: BTreeSet<String>,
    /// The numbers among the missing values.
    missing_numbers: Vec<f64>,
    decimal_comma: bool,
}

impl CellReader {
    pub fn new(options: &TableOptions) -> Self {
        // Numbers in the configuration have a decimal point, even where the file has commas.
        let number = |text: &String| parse(text, options.decimal_comma).or_else(|| parse(text, false));
        let numbers = options.missing_values.iter().filter_map(number);
        // A column of single precision has the nearest number of that precision.
        let in_each_precision = numbers.flat_map(|number| [number, f64::from(number as f32)]);
        Self {
            missing: options.missing_values.iter().cloned().collect(),
            missing_numbers: in_each_precision.filter(|number| number.is_finite()).collect(),
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

    /// Whether a cell is empty or one of the words that stand for a missing value.
    pub fn is_missing(&self, text: &str) -> bool {
        text.is_empty() || self.missing.contains(text)
    }

    /// Whether a cell holds a finite number that single precision cannot represent.
    pub fn is_too_large(&self, text: &str) -> bool {
        parse(text, self.decimal_comma).is_some_and(|number| number.is_finite() && number.abs() > LARGEST)
    }

    /// Whether a word is a number with the other decimal mark.
    pub fn is_other_decimal(&self, text: &str) -> bool {
        parse(text, !self.decimal_comma).is_some_and(f64::is_finite)
    }
}

/// Parses a number, such as `-1.5`, `+3`, `.5`, `1e5`, `nan` or `inf`, or a truth value.
fn parse(text: &str, decimal_comma: bool) -> Option<f64> {
    match text {
        "True" | "true" | "TRUE" => return Some(1.0),
        "False" | "false" | "FALSE" => return Some(0.0),
        _ => {}
    }
    if !decimal_comma {
        return text.parse().ok();
    }
    if text.contains('.') {
        return None;
    }
    text.replacen(',', ".", 1).parse().ok()
}
