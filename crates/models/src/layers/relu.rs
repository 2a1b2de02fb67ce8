//! The rectified linear unit `a = max(0, z)`, element by element.
//!
//! Its derivative is 1 where `z > 0` and 0 elsewhere, at 0 too, as in the lab and in PyTorch. Since
//! `a > 0` exactly where `z > 0`, the output tells: `∂J/∂z = ∂J/∂a` where `a > 0`, else 0.

use burn::module::Module;
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, activation};
use std::marker::PhantomData;

/// The rectified linear unit. It has no parameters.
#[derive(Module, Debug)]
pub struct Relu<B: Backend> {
    backend: PhantomData<B>,
}

impl<B: Backend> Relu<B> {
    /// The layer.
    pub fn new() -> Self {
        Self { backend: PhantomData }
    }

    pub(super) fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        activation::relu(input)
    }

    pub(super) fn backward(&self, output: Tensor<B, 2>, grad_output: Tensor<B, 2>) -> Tensor<B, 2> {
        grad_output.mask_fill(output.lower_equal_elem(0.0), 0.0)
    }
}

impl<B: Backend> Default for Relu<B> {
    fn default() -> Self {
        Self::new()
    }
}
