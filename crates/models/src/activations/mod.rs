//! Activation functions, each with its derivative by hand.
//!
//! Each file has `forward(z) = a` and `backward`, which computes `∂J/∂z` from `∂J/∂a` and `z` or `a`, whichever is kept, element by
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

    /// The activations `a` of `z`, and what [`backward`](Self::backward) needs of the two.
    pub fn differentiate<B: Backend>(self, z: Tensor<B, 2>) -> (Tensor<B, 2>, Tensor<B, 2>) {
        match self {
            Self::Relu | Self::Tanh | Self::Sigmoid => {
                let a = self.forward(z);
                (a.clone(), a)
            }
            Self::LeakyRelu | Self::Gelu => (self.forward(z.clone()), z),
        }
    }

    /// `∂J/∂z` from what [`differentiate`](Self::differentiate) kept, and `grad = ∂J/∂a`.
    pub fn backward<B: Backend>(self, kept: Tensor<B, 2>, grad: Tensor<B, 2>) -> Tensor<B, 2> {
        match self {
            Self::Relu => relu::backward(kept, grad),
            Self::LeakyRelu => leaky_relu::backward(kept, grad),
            Self::Tanh => tanh::backward(kept, grad),
            Self::Sigmoid => sigmoid::backward(kept, grad),
            Self::Gelu => gelu::backward(kept, grad),
        }
    }
}
