//! Numbers in rows and columns, or in more directions, stored row after row.

use std::ops::{Index, IndexMut};

/// An array of numbers. `array[[row, column]]` is one of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    shape: Vec<usize>,
    values: Vec<f64>,
}

impl Array {
    /// An array of a shape; `None` if the shape has another number of values.
    pub fn new(shape: &[usize], values: Vec<f64>) -> Option<Self> {
        let size = shape.iter().try_fold(1_usize, |size, length| size.checked_mul(*length))?;
        (size == values.len()).then(|| Self { shape: shape.to_vec(), values })
    }

    /// An array of zeros.
    pub fn zeros(shape: &[usize]) -> Self {
        Self { shape: shape.to_vec(), values: vec![0.0; shape.iter().product()] }
    }

    /// An array of one number.
    pub fn scalar(value: f64) -> Self {
        Self { shape: Vec::new(), values: vec![value] }
    }

    /// The value of each entry from its row and column.
    pub fn from_fn([rows, columns]: [usize; 2], entry: impl Fn(usize, usize) -> f64) -> Self {
        let values = (0..rows * columns).map(|at| entry(at / columns, at % columns)).collect();
        Self { shape: vec![rows, columns], values }
    }

    /// The length in each direction, as `[rows, columns]`.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// All numbers, row after row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// All numbers, row after row, to change.
    pub fn values_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// The number of rows: the length in the first direction.
    pub fn rows(&self) -> usize {
        self.shape.first().copied().unwrap_or(1)
    }

    /// The number of columns: the length in the last direction.
    pub fn columns(&self) -> usize {
        self.shape.last().copied().unwrap_or(1)
    }

    /// A function of each number.
    pub fn map(&self, function: impl Fn(f64) -> f64) -> Self {
        Self { shape: self.shape.clone(), values: self.values.iter().map(|value| function(*value)).collect() }
    }

    /// A function of each number and the number at the same place of another array of the same shape.
    #[track_caller]
    pub fn zip(&self, other: &Self, function: impl Fn(f64, f64) -> f64) -> Self {
        assert_eq!(self.shape, other.shape, "both arrays must have the same shape");
        let values = self.values.iter().zip(&other.values).map(|(left, right)| function(*left, *right));
        Self { shape: self.shape.clone(), values: values.collect() }
    }

    /// The matrix product of two arrays with rows and columns.
    #[track_caller]
    pub fn dot(&self, other: &Self) -> Self {
        assert_eq!(self.columns(), other.rows(), "the columns of the left must be the rows of the right");
        Self::from_fn([self.rows(), other.columns()], |row, column| {
            (0..self.columns()).map(|at| self[[row, at]] * other[[at, column]]).sum()
        })
    }

    /// Rows as columns.
    pub fn transposed(&self) -> Self {
        Self::from_fn([self.columns(), self.rows()], |row, column| self[[column, row]])
    }

    /// The sum of each column, as one row.
    pub fn column_sums(&self) -> Self {
        Self::from_fn([1, self.columns()], |_, column| (0..self.rows()).map(|row| self[[row, column]]).sum())
    }

    #[track_caller]
    fn place<const N: usize>(&self, index: [usize; N]) -> usize {
        assert_eq!(N, self.shape.len(), "an array of {} directions takes as many indices", self.shape.len());
        index.iter().zip(&self.shape).fold(0, |place, (index, length)| {
            assert!(index < length, "the index {index:?} is outside of the shape {:?}", self.shape);
            place * length + index
        })
    }
}

impl<const N: usize> Index<[usize; N]> for Array {
    type Output = f64;

    #[track_caller]
    fn index(&self, index: [usize; N]) -> &f64 {
        &self.values[self.place(index)]
    }
}

impl<const N: usize> IndexMut<[usize; N]> for Array {
    #[track_caller]
    fn index_mut(&mut self, index: [usize; N]) -> &mut f64 {
        let place = self.place(index);
        &mut self.values[place]
    }
}
