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

/// Linear layers with ReLU between them.
#[derive(Module, Debug)]
pub struct Network<B: Backend> {
    layers: Vec<Layer<B>>,
}

impl<B: Backend> Network<B> {
    /// A network with weights drawn by `scheme`, layer after layer from the input on.
    pub fn new(shape: &NetworkShape, scheme: Scheme, random: &mut RandomState, device: &B::Device) -> Self {
        let mut layers = Vec::with_capacity(2 * shape.hidden.len() + 1);
        let mut n_inputs = shape.n_features;
        for &units in &shape.hidden {
            layers.push(Layer::Linear(Linear::new(n_inputs, units, scheme, random, device)));
            layers.push(Layer::Relu(Relu::new()));
            n_inputs = units;
        }
        layers.push(Layer::Linear(Linear::new(n_inputs, shape.n_outputs, scheme, random, device)));
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
