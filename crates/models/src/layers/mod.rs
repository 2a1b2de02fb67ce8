//! The layers a network is made of, each with its forward pass and its derivative by hand.
//!
//! A layer is one file: the forward pass, what it keeps of it, the backward pass, and the derivation
//! in its documentation. Adding a layer is adding a file and a variant of [`Layer`]. Between layers
//! a batch is a matrix, a row per sample; layers that see images know their shape.

mod activation;
mod batch_norm;
mod convolution;
mod dropout;
mod linear;
mod max_pool;
mod moved_images;
mod parts;

pub use activation::ActivationLayer;
pub use batch_norm::BatchNorm;
pub use convolution::Convolution;
pub use dropout::{Dropout, SharedRandom};
pub use linear::Linear;
pub use max_pool::MaxPool;
pub use parts::{Parts, PartsBackward};
pub(crate) use parts::{join, split};

use crate::pattern::{Mask, sides_of_zero};
use crate::precision::Precision;
use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// One step of a network, from `[n, n_inputs]` to `[n, n_outputs]`.
#[derive(Module, Debug)]
pub enum Layer<B: Backend> {
    /// `x Wᵀ + b`.
    Linear(Linear<B>),
    /// A function of each element.
    Activation(ActivationLayer<B>),
    /// Elements left out at random while training.
    Dropout(Dropout<B>),
    /// Channels brought to one mean and variance.
    BatchNorm(BatchNorm<B>),
    /// A filter over images.
    Convolution(Convolution<B>),
    /// The largest of each two by two pixels.
    MaxPool(MaxPool<B>),
}

/// The derivative of a layer at one batch. It takes `∂J/∂output`, puts the gradients of the layer's
/// parameters where it is told, and returns `∂J/∂input`, or nothing when nobody will use it.
pub type Backward<'a, B> =
    Box<dyn FnOnce(Tensor<B, 2>, InputGradient, &mut GradientsParams) -> Option<Tensor<B, 2>> + Send + 'a>;

/// Whether `∂J/∂input` is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputGradient {
    /// A layer before this one will use it.
    Wanted,
    /// The input is the data.
    Unused,
}

impl InputGradient {
    /// `compute()` where it is wanted.
    fn when_wanted<T>(self, compute: impl FnOnce() -> T) -> Option<T> {
        (self == Self::Wanted).then(compute)
    }
}

impl<B: Backend> Layer<B> {
    /// The output for a batch, as when predicting.
    pub fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        match self {
            Self::Linear(layer) => layer.forward(input, Precision::Full),
            Self::Activation(layer) => layer.forward(input),
            Self::Dropout(_) => input,
            Self::BatchNorm(layer) => layer.forward(input),
            Self::Convolution(layer) => layer.forward(input, Precision::Full),
            Self::MaxPool(layer) => layer.forward(input),
        }
    }

    /// The output for a batch that is trained on: dropout draws, batch norm takes the batch's own
    /// mean and variance, and products are computed in `precision`.
    pub fn forward_training(&self, input: Tensor<B, 2>, precision: Precision) -> Tensor<B, 2> {
        match self {
            Self::Linear(layer) => layer.forward(input, precision),
            Self::Convolution(layer) => layer.forward(input, precision),
            Self::Dropout(layer) => layer.forward_training(input),
            Self::BatchNorm(layer) => layer.forward_training(input),
            Self::Activation(_) | Self::MaxPool(_) => self.forward(input),
        }
    }

    /// What [`forward_training`](Self::forward_training) returns, and the derivative by hand at this batch.
    pub fn differentiate(
        &self,
        input: Tensor<B, 2>,
        precision: Precision,
    ) -> (Tensor<B, 2>, Backward<'_, B>) {
        match self {
            Self::Linear(layer) => layer.differentiate(input, precision),
            Self::Activation(layer) => layer.differentiate(input),
            Self::Dropout(layer) => layer.differentiate(input),
            Self::BatchNorm(layer) => layer.differentiate(input),
            Self::Convolution(layer) => layer.differentiate(input, precision),
            Self::MaxPool(layer) => layer.differentiate(input),
        }
    }

    /// The piece of the layer's function that each value of `input [n, n_inputs]` falls on, for a
    /// [`Pattern`](crate::Pattern). A layer that is smooth has nothing to report.
    pub fn pattern(&self, input: &Tensor<B, 2>) -> Vec<Mask<B>> {
        match self {
            Self::Activation(layer) => layer.pattern(input),
            Self::MaxPool(layer) => layer.pattern(input),
            Self::Linear(_) | Self::Dropout(_) | Self::BatchNorm(_) | Self::Convolution(_) => Vec::new(),
        }
    }

    /// The signs of the weights that [`sum_of_magnitudes`](Self::sum_of_magnitudes) adds up.
    pub(crate) fn pattern_of_magnitudes(&self) -> Vec<Mask<B>> {
        match self {
            Self::Linear(layer) => sides_of_zero(&layer.weight.val()),
            Self::Convolution(layer) => sides_of_zero(&layer.weight.val().flatten(1, 3)),
            _ => Vec::new(),
        }
    }

    /// `Σ |w|` of the layer's weights, `[1]`; biases and batch norm are not penalised.
    pub(crate) fn sum_of_magnitudes(&self) -> Option<Tensor<B, 1>> {
        match self {
            Self::Linear(layer) => Some(layer.weight.val().abs().sum()),
            Self::Convolution(layer) => Some(layer.weight.val().abs().sum()),
            _ => None,
        }
    }

    /// Adds the derivative of `l1 Σ |w|`, `l1 sign(w)`, to the gradient of the layer's weights.
    pub(crate) fn add_l1_gradient(&self, l1: f64, gradients: &mut GradientsParams) {
        match self {
            Self::Linear(layer) => add_l1_gradient(&layer.weight, l1, gradients),
            Self::Convolution(layer) => add_l1_gradient(&layer.weight, l1, gradients),
            _ => (),
        }
    }
}

fn add_l1_gradient<B: Backend, const D: usize>(
    weight: &Param<Tensor<B, D>>,
    l1: f64,
    gradients: &mut GradientsParams,
) {
    if let Some(gradient) = gradients.remove::<B, D>(weight.id) {
        gradients.register(weight.id, gradient + weight.val().sign() * l1);
    }
}
