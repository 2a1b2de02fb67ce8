//! The rectified linear unit `a = max(0, z)`.
//!
//! Its derivative is 1 where `z > 0` and 0 elsewhere, at 0 too, as in the lab and in PyTorch. Since
//! `a > 0` exactly where `z > 0`, `∂J/∂z = ∂J/∂a` where `a > 0`, else 0.

use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, activation};
use emberlab_data::host::{HostTensor, change};
use emberlab_kernels::activation::{self as kernels, Relu};

pub(super) fn forward<B: Backend>(z: Tensor<B, 2>) -> Tensor<B, 2> {
    change(z, |z| kernels::replace_by_values(z, Relu)).unwrap_or_else(activation::relu)
}

pub(super) fn backward<B: Backend>(a: Tensor<B, 2>, grad: Tensor<B, 2>) -> Tensor<B, 2> {
    let rectified = |grad: Tensor<B, 2>| grad.mask_fill(a.clone().lower_equal_elem(0.0), 0.0);
    match HostTensor::of(&a) {
        Some(a) => change(grad, |grad| kernels::backward(a.values(), grad, Relu)).unwrap_or_else(rectified),
        None => rectified(grad),
    }
}
