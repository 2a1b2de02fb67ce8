//! One array in memory.

use super::element::Element;
use super::header::{Failure, Header, up_to};
use crate::problem::NumpyProblem;
use std::io::Read;

/// An array, its last dimension fastest.
#[derive(Clone, Debug)]
pub(super) struct Array {
    pub element: Element,
    pub shape: Vec<usize>,
    pub bytes: Vec<u8>,
}

impl Array {
    /// Reads an array, after which the stream must end.
    pub fn read(stream: &mut impl Read) -> Result<Self, Failure> {
        let Header { element, is_fortran, shape, size } = Header::read(stream)?;
        let bytes = up_to(stream, size)?;
        if bytes.len() < size {
            return Err(NumpyProblem::Truncated { found: bytes.len(), expected: size }.into());
        }
        // The checksum of an entry is verified at its end.
        if !up_to(stream, 1)?.is_empty() {
            return Err(NumpyProblem::TooLong { expected: size }.into());
        }
        if bytes.is_empty() || shape.is_empty() {
            return Err(NumpyProblem::Empty { shape: tuple(&shape) }.into());
        }
        let bytes = if is_fortran { last_fastest(&bytes, &shape, element.size) } else { bytes };
        Ok(Self { element, shape, bytes })
    }

    /// The number of samples.
    pub fn len(&self) -> usize {
        self.shape[0]
    }

    /// Numbers per sample.
    pub fn width(&self) -> usize {
        self.shape[1..].iter().product()
    }

    /// The elements' bytes.
    pub fn elements(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes.chunks_exact(self.element.size)
    }

    /// The elements as numbers.
    pub fn numbers(&self) -> impl Iterator<Item = f64> {
        self.elements().map(|bytes| self.element.number(bytes))
    }

    /// The place of an element, as `[3, 1]`.
    pub fn place(&self, index: usize) -> String {
        let mut rest = index;
        let mut place: Vec<usize> = self.shape.iter().rev().map(|&n| (rest % n, rest /= n).0).collect();
        place.reverse();
        format!("{place:?}")
    }
}

/// A shape as Python writes it.
pub(super) fn tuple(shape: &[usize]) -> String {
    match shape {
        [n] => format!("({n},)"),
        shape => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// Moves the elements of an array whose first dimension is fastest.
fn last_fastest(bytes: &[u8], shape: &[usize], size: usize) -> Vec<u8> {
    let mut strides = vec![size; shape.len()];
    for axis in 1..shape.len() {
        strides[axis] = strides[axis - 1] * shape[axis - 1];
    }
    let mut moved = Vec::with_capacity(bytes.len());
    let (mut index, mut from) = (vec![0; shape.len()], 0);
    while moved.len() < bytes.len() {
        moved.extend_from_slice(&bytes[from..from + size]);
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            from += strides[axis];
            if index[axis] < shape[axis] {
                break;
            }
            from -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
    moved
}
