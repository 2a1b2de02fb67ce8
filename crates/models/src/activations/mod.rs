//! Activation functions, each with its derivative by hand.
//!
//! Each file has `forward(z) = a` and `backward`, which computes `∂J/∂z` from `∂J/∂a` and `z` or `a`, element by
//! element. To add an activation, add a file and a variant of [`Activation`].

mod gelu;
mod leaky_relu;
mod relu;
mod sigmoid;
mod tanh;

use crate::description::Activation;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

impl Activation {
    /// The activations `a` of `z`.
    pub fn forward<B: Backend>(self, z: Tensor<B, 2>) -> Tensor<B, 2> {
        match self {
            Self::Relu => relu::forward(z),
            Self::LeakyRelu => leaky_relu::forward(z),
            Self::Tanh => tanh::forward(z),
            Self::Sigmoid => sigmoid::forward(z),
            Self::Gelu => gelu::forward(z),
        }
    }

    /// `∂J/∂z` from the input `z` and output `a` of [`forward`](Self::forward), and `grad = ∂J/∂a`.
    pub fn backward<B: Backend>(self, z: Tensor<B, 2>, a: Tensor<B, 2>, grad: Tensor<B, 2>) -> Tensor<B, 2> {
        match self {
            Self::Relu => relu::backward(a, grad),
            Self::LeakyRelu => leaky_relu::backward(z, grad),
            Self::Tanh => tanh::backward(a, grad),
            Self::Sigmoid => sigmoid::backward(a, grad),
            Self::Gelu => gelu::backward(z, grad),
        }
    }
}
