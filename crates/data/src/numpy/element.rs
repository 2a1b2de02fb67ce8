//! The type of an array's elements, and their values.

use crate::problem::NumpyProblem;
use half::f16;

/// The kind of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Unsigned,
    Signed,
    Float,
    /// Bytes with NULs at the end.
    Bytes,
    /// UTF-32 with NULs at the end.
    Unicode,
}

/// The type of an array's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub kind: Kind,
    /// Bytes of an element.
    pub size: usize,
    is_big_endian: bool,
}

impl Element {
    /// Reads a type such as `<f4`.
    pub fn parse(descr: &str) -> Result<Self, NumpyProblem> {
        let unknown = || NumpyProblem::ElementType { descr: descr.to_owned() };
        let (is_big_endian, rest) = match descr.split_at_checked(1) {
            Some(("<" | "|", rest)) => (false, rest),
            Some((">", rest)) => (true, rest),
            Some(("=", rest)) => (cfg!(target_endian = "big"), rest),
            _ => (cfg!(target_endian = "big"), descr),
        };
        if rest.starts_with('O') {
            return Err(NumpyProblem::Objects);
        }
        let (kind, size) = rest.split_at_checked(1).ok_or_else(unknown)?;
        let size: usize = size.parse().map_err(|_| unknown())?;
        let (kind, size) = match (kind, size) {
            ("b", 1) => (Kind::Bool, 1),
            ("u", 1 | 2 | 4 | 8) => (Kind::Unsigned, size),
            ("i", 1 | 2 | 4 | 8) => (Kind::Signed, size),
            ("f", 2 | 4 | 8) => (Kind::Float, size),
            ("S", 1..) => (Kind::Bytes, size),
            ("U", 1..) => (Kind::Unicode, size.checked_mul(4).ok_or_else(unknown)?),
            _ => return Err(unknown()),
        };
        Ok(Self { kind, size, is_big_endian })
    }

    pub fn is_text(self) -> bool {
        matches!(self.kind, Kind::Bytes | Kind::Unicode)
    }

    /// The bits of a number of up to eight bytes.
    fn bits(self, bytes: &[u8]) -> u64 {
        let add = |bits: u64, &byte: &u8| bits << 8 | u64::from(byte);
        if self.is_big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
    }

    /// The value of an integer or a bool; `None` for other kinds.
    pub fn integer(self, bytes: &[u8]) -> Option<i128> {
        let bits = self.bits(bytes);
        match self.kind {
            Kind::Bool => Some(i128::from(bits != 0)),
            Kind::Unsigned => Some(i128::from(bits)),
            Kind::Signed => {
                // The sign moves to the highest bit and back.
                let unused = 64 - 8 * self.size as u32;
                Some(i128::from((bits << unused).cast_signed() >> unused))
            }
            Kind::Float | Kind::Bytes | Kind::Unicode => None,
        }
    }

    /// The value of a number, rounded as by `astype(float64)`. Text is NaN.
    pub fn number(self, bytes: &[u8]) -> f64 {
        if let Some(integer) = self.integer(bytes) {
            return integer as f64;
        }
        let bits = self.bits(bytes);
        match (self.kind, self.size) {
            (Kind::Float, 2) => f16::from_bits(bits as u16).to_f64(),
            (Kind::Float, 4) => f64::from(f32::from_bits(bits as u32)),
            (Kind::Float, _) => f64::from_bits(bits),
            _ => f64::NAN,
        }
    }

    /// The value of text; `None` if it is not valid Unicode.
    pub fn text(self, bytes: &[u8]) -> Option<String> {
        if self.kind == Kind::Bytes {
            let end = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            return std::str::from_utf8(&bytes[..end]).ok().map(str::to_owned);
        }
        let letters = bytes.chunks_exact(4).map(|bytes| char::from_u32(self.bits(bytes) as u32));
        let text: String = letters.collect::<Option<_>>()?;
        Some(text.trim_end_matches('\0').to_owned())
    }
}
