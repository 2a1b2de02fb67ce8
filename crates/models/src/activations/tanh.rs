//! The hyperbolic tangent `a = tanh z`.
//!
//! Since `tanh' = 1 - tanh²`, `∂J/∂z = ∂J/∂a · (1 - a²)`. The difference is taken before the product: of a saturated unit,
//! whose `a²` is nearly 1, `∂J/∂a - ∂J/∂a · a²` loses the digits that `1 - a²` keeps.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

pub(super) fn forward<B: Backend>(z: Tensor<B, 2>) -> Tensor<B, 2> {
    z.tanh()
}

pub(super) fn backward<B: Backend>(a: Tensor<B, 2>, grad: Tensor<B, 2>) -> Tensor<B, 2> {
    grad * (-(a.clone() * a) + 1.0)
}
