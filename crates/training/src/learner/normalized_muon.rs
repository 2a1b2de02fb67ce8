//! Muon with normalised weights, as in the CIFAR-10 record `airbench94_muon` (K. Jordan, 2024, after arXiv 2404.00498).
//!
//! For a matrix `W`, `[r, c]`, with the gradient `G` and the momentum `μ`:
//!
//! `V ← μ V + G`, `U = G + μ V` with Nesterov's form of momentum, else `U = V`,
//! `W ← W √r / ‖W‖`, `W ← (1 - η λ) W - η O(U)`.
//!
//! `O` brings all singular values near 1 by steps of Newton and Schulz: from `X = U / (‖U‖ + 1e-7)`, transposed if it has more
//! rows than columns, each step takes `A = X Xᵀ` and `X ← a X + (b A + c A²) X`. Filters `[c', c, k, k]` are matrices
//! `[c', c k²]`. The record has no weight decay `λ`, and computes these products in bf16; here they are in f32.

use burn::optim::MuonState;
use burn::optim::momentum::{Momentum, MomentumConfig};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// `a`, `b` and `c`, as the record has them.
const COEFFICIENTS: [f64; 3] = [3.4445, -4.7750, 2.0315];
/// Added to the norm of an update.
const EPSILON: f64 = 1e-7;
/// The least norm of weights that they are divided by, so that weights of 0 stay 0.
const LEAST_NORM: f64 = 1e-12;

/// Muon for matrices of a fixed norm.
#[derive(Clone)]
pub struct NormalizedMuon<B: Backend> {
    momentum: Momentum<B>,
    newton_schulz_steps: usize,
    weight_decay: f64,
}

impl<B: Backend> NormalizedMuon<B> {
    pub fn new(momentum: &MomentumConfig, newton_schulz_steps: usize, weight_decay: f64) -> Self {
        Self { momentum: Momentum::new(momentum), newton_schulz_steps, weight_decay }
    }

    /// A matrix `[r, c]` after a step, and the state.
    pub fn step(
        &self,
        learning_rate: f64,
        matrix: Tensor<B, 2>,
        gradient: Tensor<B, 2>,
        state: Option<MuonState<B, 2>>,
    ) -> (Tensor<B, 2>, MuonState<B, 2>) {
        let (update, momentum) = self.momentum.transform(gradient, state.map(|state| state.momentum));
        let update = orthogonal(update, self.newton_schulz_steps);
        let norm = norm(matrix.clone()).clamp_min(LEAST_NORM);
        let factor =
            norm.recip() * ((matrix.dims()[0] as f64).sqrt() * (1.0 - learning_rate * self.weight_decay));
        (matrix * factor.unsqueeze() - update * learning_rate, MuonState::new(momentum))
    }
}

/// A matrix with singular values near 1 in place of its own.
fn orthogonal<B: Backend>(matrix: Tensor<B, 2>, steps: usize) -> Tensor<B, 2> {
    let [rows, columns] = matrix.dims();
    let norm = norm(matrix.clone()) + EPSILON;
    let mut values = matrix / norm.unsqueeze();
    if rows > columns {
        values = values.transpose();
    }
    let [a, b, c] = COEFFICIENTS;
    for _ in 0..steps {
        let gram = values.clone().matmul(values.clone().transpose());
        let polynomial = gram.clone() * b + gram.clone().matmul(gram) * c;
        values = values.clone() * a + polynomial.matmul(values);
    }
    if rows > columns { values.transpose() } else { values }
}

/// The Frobenius norm, `[1]`.
fn norm<B: Backend>(matrix: Tensor<B, 2>) -> Tensor<B, 1> {
    matrix.square().sum().sqrt()
}
