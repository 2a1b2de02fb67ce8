//! A matrix under construction.

use crate::random_state::RandomState;
use std::ops::Range;

/// A row-major matrix that is filled step by step.
pub(super) struct Matrix {
    pub values: Vec<f64>,
    n_columns: usize,
}

impl Matrix {
    pub fn zeros(n_rows: usize, n_columns: usize) -> Self {
        Self { values: vec![0.0; n_rows * n_columns], n_columns }
    }

    pub fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.values[row * self.n_columns..(row + 1) * self.n_columns]
    }

    /// Fills the columns of each row in turn with standard normals.
    pub fn fill_normal(&mut self, columns: Range<usize>, random: &mut RandomState) {
        for row in self.values.chunks_exact_mut(self.n_columns) {
            row[columns.clone()].fill_with(|| random.standard_normal());
        }
    }

    /// The product of the first `length` values of a row and a matrix of `length` rows.
    pub fn row_times(&self, row: usize, length: usize, matrix: &[f64]) -> Vec<f64> {
        let row = &self.values[row * self.n_columns..][..length];
        let mut product = vec![0.0; matrix.len() / length];
        for (value, weights) in row.iter().zip(matrix.chunks_exact(product.len())) {
            for (sum, weight) in product.iter_mut().zip(weights) {
                *sum += value * weight;
            }
        }
        product
    }

    /// The given rows and columns, in that order.
    pub fn rearranged(&self, rows: &[usize], columns: &[usize]) -> Self {
        let values = rows
            .iter()
            .map(|row| &self.values[row * self.n_columns..(row + 1) * self.n_columns])
            .flat_map(|row| columns.iter().map(|&column| row[column]))
            .collect();
        Self { values, n_columns: self.n_columns }
    }
}
