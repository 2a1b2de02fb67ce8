//! A chain of layers from features to logits.

use crate::init::Scheme;
use crate::layers::{Layer, Linear, Relu};
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use emberlab_data::RandomState;

/// The sizes of a multi-layer perceptron; a linear classifier is one without hidden layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkShape {
    /// Numbers per sample.
    pub n_features: usize,
    /// Units of each hidden layer, each followed by ReLU.
    pub hidden: Vec<usize>,
    /// Columns of the logits.
    pub n_outputs: usize,
}

impl NetworkShape {
    /// Inputs and outputs of each linear layer, from the input on.
    pub fn layers(&self) -> impl Iterator<Item = (usize, usize)> {
        let inputs = [self.n_features].into_iter().chain(self.hidden.iter().copied());
        inputs.zip(self.hidden.iter().copied().chain([self.n_outputs]))
    }

    /// Weights and biases in all.
    pub fn n_parameters(&self) -> usize {
        let sizes =
            self.layers().map(|(n_inputs, n_outputs)| n_inputs.saturating_add(1).saturating_mul(n_outputs));
        sizes.fold(0, usize::saturating_add)
    }
}

/// Linear layers with ReLU between them.
#[derive(Module, Debug)]
pub struct Network<B: Backend> {
    layers: Vec<Layer<B>>,
}

impl<B: Backend> Network<B> {
    /// A network with weights drawn by `scheme`, layer after layer from the input on.
    pub fn new(shape: &NetworkShape, scheme: Scheme, random: &mut RandomState, device: &B::Device) -> Self {
        let mut layers = Vec::with_capacity(2 * shape.hidden.len() + 1);
        for (n_inputs, n_outputs) in shape.layers() {
            if !layers.is_empty() {
                layers.push(Layer::Relu(Relu::new()));
            }
            layers.push(Layer::Linear(Linear::new(n_inputs, n_outputs, scheme, random, device)));
        }
        Self { layers }
    }

    /// The logits `[n, n_outputs]` of a batch of features `[n, n_features]`.
    pub fn forward(&self, inputs: Tensor<B, 2>) -> Tensor<B, 2> {
        self.layers.iter().fold(inputs, |signal, layer| layer.forward(signal))
    }

    /// The layers, from the input on.
    pub fn layers(&self) -> &[Layer<B>] {
        &self.layers
    }

    /// The linear layers, from the input on.
    pub fn linear_layers(&self) -> impl Iterator<Item = &Linear<B>> {
        self.layers.iter().filter_map(|layer| match layer {
            Layer::Linear(linear) => Some(linear),
            Layer::Relu(_) => None,
        })
    }
}
