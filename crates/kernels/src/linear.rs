//! Linear layers and their gradients.

use crate::narrow;
use crate::product::{Right, product, transposed};
use crate::results::zeros;

/// Outputs from which on a layer is a product like others.
const NARROW: usize = 16;
/// Inputs from which on reading them takes longer than what few outputs need besides.
const MANY_INPUTS: usize = 256;

/// A linear layer `Z [n, n_outputs] = X Wᵀ + b` with `X [n, n_inputs]` and `W [n_outputs, n_inputs]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linear {
    /// Columns of `X`, at least 1.
    pub n_inputs: usize,
    /// Columns of `Z`, at least 1.
    pub n_outputs: usize,
}

impl Linear {
    /// `Z`. The smaller operand is the one that is transposed.
    ///
    /// # Panics
    ///
    /// When a slice does not have the length of its shape.
    pub fn forward(&self, input: &[f32], weight: &[f32], bias: Option<&[f32]>) -> Vec<f32> {
        let &Self { n_inputs, n_outputs } = self;
        self.check(weight);
        assert!(bias.is_none_or(|bias| bias.len() == n_outputs), "the bias has another shape");
        let n = rows(input, n_inputs);
        let mut output = if n_outputs < NARROW && n_inputs >= MANY_INPUTS {
            narrow::forward(input, weight, n_inputs, n_outputs)
        } else if n_outputs > n {
            transposed(&product(weight, Right::Columns(input), n_inputs, n), n)
        } else {
            product(input, Right::Columns(weight), n_inputs, n_outputs)
        };
        if let Some(bias) = bias {
            for row in output.chunks_exact_mut(n_outputs) {
                row.iter_mut().zip(bias).for_each(|(value, bias)| *value += bias);
            }
        }
        output
    }

    /// `∂J/∂X = G W` of `G = ∂J/∂Z [n, n_outputs]`.
    ///
    /// # Panics
    ///
    /// When a slice does not have the length of its shape.
    pub fn grad_input(&self, grad: &[f32], weight: &[f32]) -> Vec<f32> {
        self.check(weight);
        rows(grad, self.n_outputs);
        product(grad, Right::Rows(weight), self.n_outputs, self.n_inputs)
    }

    /// `∂J/∂W = Gᵀ X`.
    ///
    /// # Panics
    ///
    /// When a slice does not have the length of its shape.
    pub fn grad_weight(&self, input: &[f32], grad: &[f32]) -> Vec<f32> {
        let n = rows(input, self.n_inputs);
        assert_eq!(n, rows(grad, self.n_outputs), "the gradient has another shape");
        if n == 0 {
            return zeros(self.n_outputs * self.n_inputs);
        }
        if self.n_outputs < NARROW {
            return narrow::grad_weight(input, grad, self.n_inputs, self.n_outputs);
        }
        product(&transposed(grad, self.n_outputs), Right::Rows(input), n, self.n_inputs)
    }

    fn check(&self, weight: &[f32]) {
        assert_eq!(weight.len(), self.n_outputs * self.n_inputs, "the weights have another shape");
    }
}

/// The rows of a matrix of `n_columns` columns.
fn rows(matrix: &[f32], n_columns: usize) -> usize {
    assert!(matrix.len().is_multiple_of(n_columns), "a row is not whole");
    matrix.len() / n_columns
}
