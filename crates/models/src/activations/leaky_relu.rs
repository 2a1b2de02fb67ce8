//! The leaky rectified linear unit `a = z` where `z > 0`, else `0.01 z` (A. Maas et al., "Rectifier
//! Nonlinearities Improve Neural Network Acoustic Models", 2013), with PyTorch's slope.
//!
//! Its derivative is 1 where `z > 0`, else 0.01.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

const SLOPE: f64 = 0.01;

pub(super) fn forward<B: Backend>(z: Tensor<B, 2>) -> Tensor<B, 2> {
    let negative = z.clone().lower_equal_elem(0.0);
    z.clone().mask_where(negative, z * SLOPE)
}

pub(super) fn backward<B: Backend>(z: Tensor<B, 2>, grad: Tensor<B, 2>) -> Tensor<B, 2> {
    let negative = z.lower_equal_elem(0.0);
    grad.clone().mask_where(negative, grad * SLOPE)
}
