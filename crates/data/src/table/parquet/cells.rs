//! The cells of a column as text, one after the other.

use std::fmt::{self, Write};

/// The numbers below are whole without an exponent.
const LARGEST_WHOLE: f64 = 1e15;

#[derive(Default)]
pub(super) struct Cells {
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    pub fn get(&self, row: usize) -> &str {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[row]]
    }

    pub fn push_missing(&mut self) {
        self.ends.push(self.text.len());
    }

    pub fn push(&mut self, value: impl fmt::Display) -> Result<(), &'static str> {
        write!(self.text, "{value}").map_err(|_| "cannot be written as text")?;
        self.ends.push(self.text.len());
        Ok(())
    }

    /// A number with the fewest digits that tell it from its neighbours in double precision.
    pub fn push_float(&mut self, value: f64) -> Result<(), &'static str> {
        if value.fract() == 0.0 && value.abs() < LARGEST_WHOLE {
            self.push(value)
        } else {
            self.push(format_args!("{value:?}"))
        }
    }

    /// A number in half precision, the least significant byte first.
    pub fn push_float16(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        let bytes: [u8; 2] =
            bytes.try_into().map_err(|_| "has a number of half precision without two bytes")?;
        self.push_float(half::f16::from_le_bytes(bytes).to_f64())
    }

    /// Text, or with a scale a decimal number, the most significant byte first. The error is the kind of such values.
    pub fn push_bytes(&mut self, bytes: &[u8], scale: Option<usize>) -> Result<(), &'static str> {
        match scale {
            None => self.push(std::str::from_utf8(bytes).map_err(|_| "texts that are not UTF-8")?),
            Some(scale) => {
                let size = size_of::<i128>();
                if bytes.is_empty() || bytes.len() > size {
                    return Err("decimal numbers of 0 or of more than 16 bytes");
                }
                let sign = if bytes[0] >= 0x80 { 0xff } else { 0 };
                let mut whole = [sign; size_of::<i128>()];
                whole[size - bytes.len()..].copy_from_slice(bytes);
                self.push_decimal(i128::from_be_bytes(whole), scale)
            }
        }
    }

    /// `value` divided by ten to the power of `scale`.
    pub fn push_decimal(&mut self, value: i128, scale: usize) -> Result<(), &'static str> {
        let sign = if value < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let point = if scale == 0 { "" } else { "." };
        self.push(format_args!("{sign}{whole}{point}{fraction}"))
    }
}
