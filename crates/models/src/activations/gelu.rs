//! The Gaussian error linear unit `a = z Φ(z)`, `Φ(z) = (1 + erf(z / √2)) / 2` (D. Hendrycks and
//! K. Gimpel, "Gaussian Error Linear Units", 2016), exact and not its approximation by tanh.
//!
//! With the density `φ(z) = exp(-z² / 2) / √(2π)` and `Φ' = φ`, `a' = Φ(z) + z φ(z)`.
//!
//! Burn's function is not used: on backends without a derivative of their own, autodiff takes that of the approximation.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use emberlab_data::host::{HostTensor, change, tensor};
use emberlab_kernels::activation::{self as kernels, Gelu};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

pub(super) fn forward<B: Backend>(z: Tensor<B, 2>) -> Tensor<B, 2> {
    if let Some(host) = HostTensor::of(&z) {
        return tensor(kernels::values(host.values(), Gelu), z.dims(), &z.device());
    }
    z.clone() * distribution(z)
}

pub(super) fn backward<B: Backend>(z: Tensor<B, 2>, grad: Tensor<B, 2>) -> Tensor<B, 2> {
    let multiplied = |grad: Tensor<B, 2>| {
        let density = (z.clone() * z.clone() * -0.5).exp() * (FRAC_1_SQRT_2 * FRAC_2_SQRT_PI / 2.0);
        grad * (distribution(z.clone()) + z.clone() * density)
    };
    match HostTensor::of(&z) {
        Some(z) => change(grad, |grad| kernels::backward(z.values(), grad, Gelu)).unwrap_or_else(multiplied),
        None => multiplied(grad),
    }
}

/// `Φ(z)`.
fn distribution<B: Backend>(z: Tensor<B, 2>) -> Tensor<B, 2> {
    ((z * FRAC_1_SQRT_2).erf() + 1.0) * 0.5
}
