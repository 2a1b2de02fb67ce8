//! The header of a `.npy` file: a magic number, a version, and a Python dictionary with type, order and shape.
//!
//! The dictionary has three known keys, so that it is read without recursion and without Python's other expressions.

use super::element::Element;
use crate::problem::NumpyProblem;
use std::io::{self, Read};

/// The first bytes of an array.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";
/// The most bytes of a header. NumPy itself reads no more than 10,000.
const MAX_HEADER: usize = 1 << 16;
/// The most dimensions, as of NumPy 1.
const MAX_DIMENSIONS: usize = 32;
/// The largest array that is read, in bytes.
pub(super) const MAX_SIZE: u64 = 4 << 30;

/// Why a header could not be read.
pub(super) enum Failure {
    Io(io::Error),
    Problem(NumpyProblem),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<NumpyProblem> for Failure {
    fn from(problem: NumpyProblem) -> Self {
        Self::Problem(problem)
    }
}

/// Type, order and shape of an array.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Header {
    pub element: Element,
    pub is_fortran: bool,
    pub shape: Vec<usize>,
    /// The bytes that follow the header.
    pub size: usize,
}

impl Header {
    /// Reads a header from the beginning of a file.
    pub fn read(stream: &mut impl Read) -> Result<Self, Failure> {
        let start = up_to(stream, 8)?;
        if start.len() < 8 || !start.starts_with(MAGIC) {
            return Err(NumpyProblem::NotNpy.into());
        }
        let (major, minor) = (start[6], start[7]);
        let width = match (major, minor) {
            (1, 0) => 2,
            (2 | 3, 0) => 4,
            _ => return Err(NumpyProblem::Version { major, minor }.into()),
        };
        let length = up_to(stream, width)?;
        if length.len() < width {
            return Err(NumpyProblem::Header.into());
        }
        let length = length.iter().rev().fold(0, |length, &byte| length << 8 | usize::from(byte));
        if length > MAX_HEADER {
            return Err(NumpyProblem::HeaderLength { found: length, max: MAX_HEADER }.into());
        }
        let text = up_to(stream, length)?;
        let is_whole = text.len() == length;
        let text = String::from_utf8(text).ok().filter(|_| is_whole).ok_or(NumpyProblem::Header)?;
        Ok(Self::parse(&text)?)
    }

    fn parse(text: &str) -> Result<Self, NumpyProblem> {
        let mut scanner = Scanner(text);
        let (mut element, mut is_fortran, mut shape) = (None, None, None);
        scanner.expect('{')?;
        while !scanner.accept('}') {
            let key = scanner.text()?;
            scanner.expect(':')?;
            match key {
                "descr" if scanner.is_at('[') => return Err(NumpyProblem::Structured),
                "descr" => element = Some(Element::parse(scanner.text()?)?),
                "fortran_order" => is_fortran = Some(scanner.flag()?),
                "shape" => shape = Some(scanner.shape()?),
                _ => return Err(NumpyProblem::Header),
            }
            if !scanner.accept(',') {
                scanner.expect('}')?;
                break;
            }
        }
        let (Some(element), Some(is_fortran), Some(shape), "") =
            (element, is_fortran, shape, scanner.0.trim())
        else {
            return Err(NumpyProblem::Header);
        };
        let size = shape.iter().try_fold(element.size, |size, &n| size.checked_mul(n));
        let size = size.filter(|&size| size as u64 <= MAX_SIZE);
        let size = size.ok_or(NumpyProblem::TooLarge { max: MAX_SIZE })?;
        Ok(Self { element, is_fortran, shape, size })
    }
}

/// Reads `n` bytes, or what there is. The vector grows with the bytes that come, not with those announced.
pub(super) fn up_to(stream: &mut impl Read, n: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.take(n as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The rest of a header.
struct Scanner<'a>(&'a str);

impl<'a> Scanner<'a> {
    fn is_at(&mut self, wanted: char) -> bool {
        self.0 = self.0.trim_start();
        self.0.starts_with(wanted)
    }

    fn accept(&mut self, wanted: char) -> bool {
        let found = self.is_at(wanted);
        if found {
            self.0 = &self.0[wanted.len_utf8()..];
        }
        found
    }

    fn expect(&mut self, wanted: char) -> Result<(), NumpyProblem> {
        if self.accept(wanted) { Ok(()) } else { Err(NumpyProblem::Header) }
    }

    fn text(&mut self) -> Result<&'a str, NumpyProblem> {
        let quote = if self.accept('\'') {
            '\''
        } else {
            self.expect('"')?;
            '"'
        };
        let (text, rest) = self.0.split_once(quote).ok_or(NumpyProblem::Header)?;
        self.0 = rest;
        Ok(text)
    }

    fn flag(&mut self) -> Result<bool, NumpyProblem> {
        self.0 = self.0.trim_start();
        for (word, flag) in [("True", true), ("False", false)] {
            if let Some(rest) = self.0.strip_prefix(word) {
                self.0 = rest;
                return Ok(flag);
            }
        }
        Err(NumpyProblem::Header)
    }

    fn shape(&mut self) -> Result<Vec<usize>, NumpyProblem> {
        let mut shape = Vec::new();
        self.expect('(')?;
        while !self.accept(')') {
            if shape.len() == MAX_DIMENSIONS {
                return Err(NumpyProblem::Dimensions { found: shape.len() + 1, max: MAX_DIMENSIONS });
            }
            self.0 = self.0.trim_start();
            let end = self.0.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(self.0.len());
            shape.push(self.0[..end].parse().map_err(|_| NumpyProblem::Header)?);
            // Python 2 wrote long integers with an `L`.
            self.0 = self.0[end..].strip_prefix('L').unwrap_or(&self.0[end..]);
            if !self.accept(',') {
                self.expect(')')?;
                break;
            }
        }
        Ok(shape)
    }
}
