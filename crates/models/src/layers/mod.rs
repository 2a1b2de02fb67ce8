//! The layers of a network, each with its forward pass and its derivative by hand.
//!
//! Each layer is a file: the derivation in its documentation, the forward pass, the values that it keeps, and the
//! backward pass. To add a layer, write the file, and add a variant to [`AnyLayer`] and a line to `each_layer!`.
//! A layer that a configuration can choose also has a [`LayerSpec`], which [`AnyLayer::new`] builds it from.
//! Between layers a batch is a matrix with a row per sample; layers of images know the shape of the images.

mod activation;
mod average_pool;
mod batch_norm;
mod convolution;
mod dropout;
mod im2col;
mod layer;
mod linear;
mod list;
mod max_pool;
mod parts;
mod sequence;
#[cfg(test)]
mod tests;
mod visitor;

pub use activation::ActivationLayer;
pub use average_pool::AveragePool;
pub use batch_norm::BatchNorm;
pub use convolution::Convolution;
pub use dropout::{Dropout, SharedRandom};
pub use layer::{Backward, InputGradient, Layer, TrainingPass, WithBackward};
pub use linear::Linear;
pub use list::{Layers, LayersItem, LayersRecord};
pub use max_pool::MaxPool;
pub use parts::{Parts, PartsBackward, PartsWithBackward};
pub(crate) use parts::{join, split};
pub(crate) use sequence::{backpropagate, differentiate, differentiate_parts, forward, forward_training};
pub use visitor::{LayerVisitor, Path, Penalty, visit_layers};

use crate::description::{LayerSpec, Precision, Scheme};
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use emberlab_data::RandomState;

/// A layer of any kind.
#[derive(Module, Debug)]
pub enum AnyLayer<B: Backend> {
    /// `x Wᵀ + b`.
    Linear(Linear<B>),
    /// A function of each element.
    Activation(ActivationLayer<B>),
    /// Zeroes random elements while training.
    Dropout(Dropout<B>),
    /// Normalises each channel to one mean and variance.
    BatchNorm(BatchNorm<B>),
    /// Filters over images.
    Convolution(Convolution<B>),
    /// The largest of each two by two pixels.
    MaxPool(MaxPool<B>),
    /// The mean of each two by two pixels.
    AveragePool(AveragePool<B>),
    /// A layer that contains others, for tests.
    #[cfg(test)]
    Residual(tests::Residual<B>),
}

/// Evaluates an expression for the layer in any variant.
macro_rules! each_layer {
    ($any:expr, $layer:ident => $value:expr) => {
        match $any {
            AnyLayer::Linear($layer) => $value,
            AnyLayer::Activation($layer) => $value,
            AnyLayer::Dropout($layer) => $value,
            AnyLayer::BatchNorm($layer) => $value,
            AnyLayer::Convolution($layer) => $value,
            AnyLayer::MaxPool($layer) => $value,
            AnyLayer::AveragePool($layer) => $value,
            #[cfg(test)]
            AnyLayer::Residual($layer) => $value,
        }
    };
}

impl<B: Backend> Layer<B> for AnyLayer<B> {
    fn group(&self) -> &'static str {
        each_layer!(self, layer => layer.group())
    }

    fn accept(&self, path: &Path<'_>, visitor: &mut impl LayerVisitor<B>) {
        each_layer!(self, layer => layer.accept(path, visitor))
    }

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        each_layer!(self, layer => layer.forward(input))
    }

    fn forward_training(&self, input: Tensor<B, 2>, pass: &mut TrainingPass) -> Tensor<B, 2> {
        each_layer!(self, layer => layer.forward_training(input, pass))
    }

    fn differentiate(&self, input: Tensor<B, 2>, precision: Precision) -> WithBackward<'_, B> {
        each_layer!(self, layer => layer.differentiate(input, precision))
    }

    fn differentiate_parts(&self, inputs: Parts<B>, precision: Precision) -> PartsWithBackward<'_, B> {
        each_layer!(self, layer => layer.differentiate_parts(inputs, precision))
    }

    fn gains_from_parts(&self) -> bool {
        each_layer!(self, layer => layer.gains_from_parts())
    }
}

impl<B: Backend> AnyLayer<B> {
    /// The layer of a description, with weights drawn by `scheme`. Dropout draws from `dropout` while training.
    pub fn new(
        spec: LayerSpec,
        scheme: Scheme,
        random: &mut RandomState,
        dropout: &SharedRandom,
        device: &B::Device,
    ) -> Self {
        match spec {
            LayerSpec::Linear { n_inputs, n_outputs } => {
                Self::Linear(Linear::new(n_inputs, n_outputs, scheme, random, device))
            }
            LayerSpec::Convolution { image, n_filters, kernel_size } => {
                Self::Convolution(Convolution::new(image, n_filters, kernel_size, scheme, random, device))
            }
            LayerSpec::BatchNorm(channels) => Self::BatchNorm(BatchNorm::new(channels, device)),
            LayerSpec::Activation(activation) => Self::Activation(ActivationLayer::new(activation)),
            LayerSpec::Dropout(probability) => Self::Dropout(Dropout::new(probability, dropout.clone())),
            LayerSpec::MaxPool(image) => Self::MaxPool(MaxPool::new(image)),
            LayerSpec::AveragePool(image) => Self::AveragePool(AveragePool::new(image)),
        }
    }
}
