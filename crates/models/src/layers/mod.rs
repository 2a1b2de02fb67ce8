//! The layers a network is made of, each with its forward pass and its derivative by hand.
//!
//! A layer is one file: the forward pass, what it keeps of it, the backward pass, and the derivation
//! in its documentation. Adding a layer is adding a file and a variant of [`Layer`].

mod linear;
mod relu;

pub use linear::Linear;
pub use relu::Relu;

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// One step of a network, from `[n, n_inputs]` to `[n, n_outputs]`.
#[derive(Module, Debug)]
#[expect(clippy::large_enum_variant, reason = "a network has a handful of layers")]
pub enum Layer<B: Backend> {
    /// `x Wᵀ + b`.
    Linear(Linear<B>),
    /// `max(0, x)`.
    Relu(Relu<B>),
}

impl<B: Backend> Layer<B> {
    /// The layer's output for a batch.
    pub fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        match self {
            Self::Linear(layer) => layer.forward(input),
            Self::Relu(layer) => layer.forward(input),
        }
    }

    /// The derivative by hand. `input` and `output` are those of the forward pass, and
    /// `grad_output` is `∂J/∂output`; the gradients of the layer's parameters go into `gradients`.
    ///
    /// Returns `∂J/∂input`, or nothing when `wants_input` says that nobody will use it.
    pub fn backward(
        &self,
        input: Tensor<B, 2>,
        output: Tensor<B, 2>,
        grad_output: Tensor<B, 2>,
        wants_input: bool,
        gradients: &mut GradientsParams,
    ) -> Option<Tensor<B, 2>> {
        match self {
            Self::Linear(layer) => layer.backward(input, grad_output, wants_input, gradients),
            Self::Relu(layer) => wants_input.then(|| layer.backward(output, grad_output)),
        }
    }
}
