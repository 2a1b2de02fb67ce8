//! Linear layers and their gradients.

use crate::elementwise::change_by;
use crate::product::{Right, product, transposed};
use crate::results::{in_pieces, zeros};
use crate::vectorized::vectorized;

/// Outputs from which on the gradient of the weights is a product.
const NARROW: usize = 16;
/// The fewest samples whose sums a thread computes, for few outputs, and the most parts that a batch is divided into.
const SAMPLES: usize = 64;
const PARTS: usize = 8;
/// Inputs whose sums are computed at a time, for few outputs: with the inputs of four samples they stay in the fastest cache.
const BLOCK: usize = 512;

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
    /// When a slice has not the length of its shape.
    pub fn forward(&self, input: &[f32], weight: &[f32], bias: Option<&[f32]>) -> Vec<f32> {
        let &Self { n_inputs, n_outputs } = self;
        self.check(weight);
        assert!(bias.is_none_or(|bias| bias.len() == n_outputs), "the bias has another shape");
        let n = rows(input, n_inputs);
        let mut output = if n_outputs > n {
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
    /// When a slice has not the length of its shape.
    pub fn grad_input(&self, grad: &[f32], weight: &[f32]) -> Vec<f32> {
        self.check(weight);
        rows(grad, self.n_outputs);
        product(grad, Right::Rows(weight), self.n_outputs, self.n_inputs)
    }

    /// `∂J/∂W = Gᵀ X`.
    ///
    /// # Panics
    ///
    /// When a slice has not the length of its shape.
    pub fn grad_weight(&self, input: &[f32], grad: &[f32]) -> Vec<f32> {
        let n = rows(input, self.n_inputs);
        assert_eq!(n, rows(grad, self.n_outputs), "the gradient has another shape");
        if n == 0 {
            return zeros(self.n_outputs * self.n_inputs);
        }
        if self.n_outputs < NARROW {
            return self.narrow_grad_weight(input, grad);
        }
        product(&transposed(grad, self.n_outputs), Right::Rows(input), n, self.n_inputs)
    }

    /// `Gᵀ X` of few outputs, whose sums stay in the cache while the samples pass by: a product would first arrange all of `X`. The sums of
    /// some samples at a time are added in order.
    fn narrow_grad_weight(&self, input: &[f32], grad: &[f32]) -> Vec<f32> {
        let n_weights = self.n_outputs * self.n_inputs;
        let n = rows(input, self.n_inputs);
        let of_task = n.div_ceil(PARTS).max(SAMPLES);
        let n_tasks = n.div_ceil(of_task);
        let mut sums = in_pieces(
            n_tasks * n_weights,
            n_weights,
            || (),
            |(), task, sums: &mut [f32]| {
                let input = input[task * of_task * self.n_inputs..].chunks_exact(self.n_inputs).take(of_task);
                let grad = grad[task * of_task * self.n_outputs..].chunks_exact(self.n_outputs);
                let samples: Vec<_> = input.zip(grad).collect();
                vectorized(
                    #[inline(always)]
                    || self.add_samples(&samples, sums),
                );
            },
        );
        let mut total = sums.split_off(n_weights);
        std::mem::swap(&mut sums, &mut total);
        for others in sums.chunks_exact(n_weights) {
            change_by(&mut total, others, |total, other| total + other);
        }
        total
    }

    /// Adds the products of samples, inputs and gradients, some inputs at a time and four samples at once. Their sums lie side by side,
    /// for the cache has few places for numbers that are a multiple of 4 kB apart.
    #[inline(always)]
    fn add_samples(&self, samples: &[(&[f32], &[f32])], sums: &mut [f32]) {
        let (fours, rest) = samples.as_chunks::<4>();
        let mut block = vec![0.0; self.n_outputs * BLOCK];
        for first in (0..self.n_inputs).step_by(BLOCK) {
            let last = (first + BLOCK).min(self.n_inputs);
            let width = last - first;
            block.fill(0.0);
            for [(a, ga), (b, gb), (c, gc), (d, gd)] in fours {
                let inputs = [a, b, c, d].map(|input| &input[first..last]);
                for (output, sums) in block.chunks_exact_mut(width).take(self.n_outputs).enumerate() {
                    let [ga, gb, gc, gd] = [ga[output], gb[output], gc[output], gd[output]];
                    let [a, b, c, d] = inputs;
                    let places = sums.iter_mut().zip(a).zip(b).zip(c).zip(d);
                    for ((((sum, a), b), c), d) in places {
                        *sum += (ga * a + gb * b) + (gc * c + gd * d);
                    }
                }
            }
            for (input, grad) in rest {
                for (sums, grad) in block.chunks_exact_mut(width).zip(*grad) {
                    for (sum, value) in sums.iter_mut().zip(&input[first..last]) {
                        *sum += grad * value;
                    }
                }
            }
            for (sums, block) in sums.chunks_exact_mut(self.n_inputs).zip(block.chunks_exact(width)) {
                sums[first..last].copy_from_slice(block);
            }
        }
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
