//! The logistic function `a = 1 / (1 + exp(-z))`.
//!
//! With `s = 1 / (1 + exp(-z))`, `s' = exp(-z) / (1 + exp(-z))² = s (1 - s)`, so
//! `∂J/∂z = ∂J/∂a · a (1 - a)`. The difference is taken before the product: of a saturated unit, whose `a` is nearly 1,
//! `1 - a` is exact.

use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, activation};

pub(super) fn forward<B: Backend>(z: Tensor<B, 2>) -> Tensor<B, 2> {
    activation::sigmoid(z)
}

pub(super) fn backward<B: Backend>(a: Tensor<B, 2>, grad: Tensor<B, 2>) -> Tensor<B, 2> {
    grad * a.clone() * (-a + 1.0)
}
