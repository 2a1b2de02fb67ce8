//! Activation functions, each with its derivative by hand.
//!
//! A file gives `forward(z) = a` and `backward(z, a, ∂J/∂a) = ∂J/∂z`, all element by element and of
//! one shape. Adding an activation is adding a file and a variant of [`Activation`].

mod gelu;
mod leaky_relu;
mod relu;
mod sigmoid;
mod tanh;

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// What follows each hidden layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// `max(0, z)`.
    Relu,
    /// `z` where it is positive, else `0.01 z`.
    LeakyRelu,
    /// The hyperbolic tangent.
    Tanh,
    /// `1 / (1 + exp(-z))`.
    Sigmoid,
    /// `z Φ(z)` with the normal distribution's `Φ`.
    Gelu,
}

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

    /// Whether the function has a kink at 0, and is smooth elsewhere; otherwise it is smooth everywhere.
    pub fn has_kink(self) -> bool {
        match self {
            Self::Relu | Self::LeakyRelu => true,
            Self::Tanh | Self::Sigmoid | Self::Gelu => false,
        }
    }

    /// `∂J/∂z` from what [`forward`](Self::forward) was given and returned, and `∂J/∂a`.
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
