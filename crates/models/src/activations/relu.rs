//! The rectified linear unit `a = max(0, z)`.
//!
//! Its derivative is 1 where `z > 0` and 0 elsewhere, at 0 too, as in the lab and in PyTorch. Since
//! `a > 0` exactly where `z > 0`, `∂J/∂z = ∂J/∂a` where `a > 0`, else 0.

use crate::host::{HostTensor, tensor};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, activation};
use emberlab_kernels::activation as kernels;

pub(super) fn forward<B: Backend>(z: Tensor<B, 2>) -> Tensor<B, 2> {
    if let Some(host) = HostTensor::of(&z) {
        return tensor(kernels::relu(host.values()), z.dims(), &z.device());
    }
    activation::relu(z)
}

pub(super) fn backward<B: Backend>(a: Tensor<B, 2>, grad: Tensor<B, 2>) -> Tensor<B, 2> {
    if let (Some(host), Some(host_grad)) = (HostTensor::of(&a), HostTensor::of(&grad)) {
        let grad = kernels::relu_gradient(host.values(), host_grad.values());
        return tensor(grad, a.dims(), &a.device());
    }
    grad.mask_fill(a.lower_equal_elem(0.0), 0.0)
}
