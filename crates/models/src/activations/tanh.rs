//! The hyperbolic tangent `a = tanh z`.
//!
//! Since `tanh' = 1 - tanh²`, `∂J/∂z = ∂J/∂a · (1 - a²)`.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

pub(super) fn forward<B: Backend>(z: Tensor<B, 2>) -> Tensor<B, 2> {
    z.tanh()
}

pub(super) fn backward<B: Backend>(a: Tensor<B, 2>, grad: Tensor<B, 2>) -> Tensor<B, 2> {
    grad.clone() - grad * a.clone() * a
}
