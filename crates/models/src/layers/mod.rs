//! The layers of a network, each with its forward pass and its derivative by hand.
//!
//! Each layer is a file: the derivation in its documentation, the forward pass, the values that it keeps, and the
//! backward pass. To add a layer, write the file and add its line to the list `layers!`.
//! A layer of another crate implements [`CustomModule`].
//! A layer that a configuration can choose also has a [`LayerSpec`], which [`AnyLayer::new`] builds it from.
//! Between layers a batch is a matrix with a row per sample; layers of images know the shape of the images.

#![expect(clippy::large_enum_variant, reason = "a network has few layers, and their records are made once")]

mod im2col;
mod layer;
mod list;
mod observed;
mod recorded;
mod sequence;
#[cfg(test)]
mod tests;
mod visitor;
mod windows;

pub use custom::{CustomModule, CustomRecord};
pub use dropout::SharedRandom;
pub use layer::{Backward, InputGradient, Layer, TrainingPass, WithBackward};
pub use list::{Layers, LayersItem, LayersRecord};
pub use observed::LayerDerivative;
pub(crate) use observed::Observed;
pub(crate) use sequence::{backpropagate, differentiate, forward, forward_training};
pub use visitor::{LayerVisitor, Path, Penalty, visit_layers};

use crate::description::{LayerNames, LayerSpec, Precision, Scheme};
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use emberlab_data::RandomState;

/// Declares the module of each layer, its variant of [`AnyLayer`], and the calls that reach it.
macro_rules! layers {
    ($($(#[$doc:meta])* $module:ident::$layer:ident as $variant:ident,)*) => {
        $(
            mod $module;
            pub use $module::$layer;
        )*

        /// A layer of any kind.
        #[derive(Module, Debug)]
        pub enum AnyLayer<B: Backend> {
            $($(#[$doc])* $variant($layer<B>),)*
            /// A layer that only tests have.
            #[cfg(test)]
            Negation(tests::Negation<B>),
        }

        impl<B: Backend> Layer<B> for AnyLayer<B> {
            fn group(&self) -> &'static str {
                match self {
                    $(Self::$variant(layer) => layer.group(),)*
                    #[cfg(test)]
                    Self::Negation(layer) => layer.group(),
                }
            }

            fn accept(&self, path: &Path<'_>, visitor: &mut impl LayerVisitor<B>) {
                match self {
                    $(Self::$variant(layer) => layer.accept(path, visitor),)*
                    #[cfg(test)]
                    Self::Negation(layer) => layer.accept(path, visitor),
                }
            }

            fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
                match self {
                    $(Self::$variant(layer) => layer.forward(input),)*
                    #[cfg(test)]
                    Self::Negation(layer) => layer.forward(input),
                }
            }

            fn forward_training(&self, input: Tensor<B, 2>, pass: &mut TrainingPass) -> Tensor<B, 2> {
                match self {
                    $(Self::$variant(layer) => layer.forward_training(input, pass),)*
                    #[cfg(test)]
                    Self::Negation(layer) => layer.forward_training(input, pass),
                }
            }

            fn differentiate(&self, input: Tensor<B, 2>, precision: Precision) -> WithBackward<'_, B> {
                match self {
                    $(Self::$variant(layer) => layer.differentiate(input, precision),)*
                    #[cfg(test)]
                    Self::Negation(layer) => layer.differentiate(input, precision),
                }
            }
        }
    };
}

layers! {
    /// `x Wᵀ + b`.
    linear::Linear as Linear,
    /// A function of each element.
    activation::ActivationLayer as Activation,
    /// Zeroes random elements while training.
    dropout::Dropout as Dropout,
    /// Normalises each channel to one mean and variance.
    batch_norm::BatchNorm as BatchNorm,
    /// Filters over images.
    convolution::Convolution as Convolution,
    /// The largest of the pixels under a window.
    max_pool::MaxPool as MaxPool,
    /// The mean of the pixels under a window.
    average_pool::AveragePool as AveragePool,
    /// The mean of each channel.
    global_average_pool::GlobalAveragePool as GlobalAveragePool,
    /// An image as a row of numbers.
    flatten::Flatten as Flatten,
    /// A product with a number.
    scale::Scale as Scale,
    /// Layers, and a way around them.
    residual::Residual as Residual,
    /// A module from outside.
    custom::CustomLayer as Custom,
}

impl<B: Backend> AnyLayer<B> {
    /// The layer of a description, with weights drawn by `scheme` where it has no other. Dropout draws from `dropout` while
    /// training.
    pub fn new(
        spec: &LayerSpec,
        scheme: Scheme,
        random: &mut RandomState,
        dropout: &SharedRandom,
        device: &B::Device,
    ) -> Self {
        match *spec {
            LayerSpec::Linear { n_inputs, n_outputs, bias, scheme: own } => {
                Self::Linear(Linear::new(n_inputs, n_outputs, bias, own.unwrap_or(scheme), random, device))
            }
            LayerSpec::Convolution { image, filters } => {
                Self::Convolution(Convolution::new(image, filters, scheme, random, device))
            }
            LayerSpec::BatchNorm { channels, options } => {
                Self::BatchNorm(BatchNorm::new(channels, options, device))
            }
            LayerSpec::Activation(activation) => Self::Activation(ActivationLayer::new(activation)),
            LayerSpec::Dropout(probability) => Self::Dropout(Dropout::new(probability, dropout.clone())),
            LayerSpec::MaxPool { image, window } => Self::MaxPool(MaxPool::new(image, window)),
            LayerSpec::AveragePool { image, window } => Self::AveragePool(AveragePool::new(image, window)),
            LayerSpec::GlobalAveragePool(image) => Self::GlobalAveragePool(GlobalAveragePool::new(image)),
            LayerSpec::Flatten => Self::Flatten(Flatten::default()),
            LayerSpec::Scale(factor) => Self::Scale(Scale::new(factor)),
            LayerSpec::Residual { ref layers, ref shortcut } => {
                let mut list = |specs: &[LayerSpec]| {
                    let layers = specs.iter().map(|spec| Self::new(spec, scheme, random, dropout, device));
                    Layers::new(layers.collect(), LayerNames::ByPosition)
                };
                let layers = list(layers);
                Self::Residual(Residual { layers, shortcut: list(shortcut) })
            }
        }
    }
}
