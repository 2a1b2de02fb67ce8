//! A chain of layers from features to logits.

use crate::architecture::{Architecture, LayerSpec};
use crate::init::Scheme;
use crate::layers::{ActivationLayer, BatchNorm, Convolution, Dropout, Layer, Linear, MaxPool, SharedRandom};
use crate::pattern::Pattern;
use crate::precision::Precision;
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};
use emberlab_data::RandomState;

/// Layers, one after another.
#[derive(Module, Debug)]
pub struct Network<B: Backend> {
    layers: Vec<Layer<B>>,
}

impl<B: Backend> Network<B> {
    /// A network with weights drawn by `scheme`, layer after layer from the input on. Its dropout
    /// layers draw from `dropout` while training.
    pub fn new(
        architecture: &Architecture,
        scheme: Scheme,
        random: &mut RandomState,
        dropout: &SharedRandom,
        device: &B::Device,
    ) -> Self {
        let build = |spec| match spec {
            LayerSpec::Linear { n_inputs, n_outputs } => {
                Layer::Linear(Linear::new(n_inputs, n_outputs, scheme, random, device))
            }
            LayerSpec::Convolution { image, n_filters, kernel_size } => {
                Layer::Convolution(Convolution::new(image, n_filters, kernel_size, scheme, random, device))
            }
            LayerSpec::BatchNorm(channels) => Layer::BatchNorm(BatchNorm::new(channels, device)),
            LayerSpec::Activation(activation) => Layer::Activation(ActivationLayer::new(activation)),
            LayerSpec::Dropout(probability) => Layer::Dropout(Dropout::new(probability, dropout.clone())),
            LayerSpec::MaxPool(image) => Layer::MaxPool(MaxPool::new(image)),
        };
        Self { layers: architecture.layers().into_iter().map(build).collect() }
    }

    /// The logits `[n, n_outputs]` of a batch of features `[n, n_features]`, as when predicting.
    pub fn forward(&self, inputs: Tensor<B, 2>) -> Tensor<B, 2> {
        self.layers.iter().fold(inputs, |signal, layer| layer.forward(signal))
    }

    /// The logits of a batch that is trained on; see [`Layer::forward_training`].
    pub fn forward_training(&self, inputs: Tensor<B, 2>, precision: Precision) -> Tensor<B, 2> {
        self.layers.iter().fold(inputs, |signal, layer| layer.forward_training(signal, precision))
    }

    /// What [`forward_training`](Self::forward_training) returns, and the pattern of the batch in every layer.
    pub fn forward_with_pattern(
        &self,
        inputs: Tensor<B, 2>,
        precision: Precision,
    ) -> (Tensor<B, 2>, Pattern) {
        let mut pattern = Pattern::default();
        let logits = self.layers.iter().fold(inputs, |signal, layer| {
            pattern.extend(layer.pattern(&signal));
            layer.forward_training(signal, precision)
        });
        (logits, pattern)
    }

    /// The layers, from the input on.
    pub fn layers(&self) -> &[Layer<B>] {
        &self.layers
    }

    /// Lets dropout draw from another state on.
    pub fn reset_dropout(&self, state: &RandomState) {
        for layer in &self.layers {
            if let Layer::Dropout(layer) = layer {
                layer.random().reset(state.clone());
            }
        }
    }

    /// What dropout draws from next; nothing without dropout.
    pub fn dropout_state(&self) -> Option<RandomState> {
        self.layers.iter().find_map(|layer| match layer {
            Layer::Dropout(layer) => Some(layer.random().state()),
            _ => None,
        })
    }

    pub(crate) fn layers_mut(&mut self) -> &mut [Layer<B>] {
        &mut self.layers
    }

    /// Takes the running means of a network without a graph that was trained in this one's place.
    pub(crate) fn adopt_running<I: Backend>(&self, trained: &Network<I>)
    where
        B: AutodiffBackend<InnerBackend = I>,
    {
        for pair in self.layers.iter().zip(&trained.layers) {
            if let (Layer::BatchNorm(layer), Layer::BatchNorm(trained)) = pair {
                layer.adopt_running(trained);
            }
        }
    }
}
