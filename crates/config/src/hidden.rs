//! The keys of `[model]` about its hidden layers.

use super::key::key;
use super::rule::{count, flag, fraction, list, word};
use super::section::Section;
use emberlab_models::{Activation, Blocks, ConvolutionBlocks};

/// The units of the lab's hidden layer.
const DEFAULT_UNITS: [usize; 1] = [64];

/// The layers between input and logits.
#[derive(Clone, Debug, PartialEq)]
pub struct Hidden {
    /// Units of each hidden layer.
    pub units: Vec<usize>,
    /// The function after each.
    pub activation: Activation,
    /// Whether each is normalised by batch.
    pub batch_norm: bool,
    /// Share of units left out while training.
    pub dropout: f64,
}

pub(super) const ACTIVATIONS: [(&str, Activation); 5] = [
    ("relu", Activation::Relu),
    ("leaky-relu", Activation::LeakyRelu),
    ("tanh", Activation::Tanh),
    ("sigmoid", Activation::Sigmoid),
    ("gelu", Activation::Gelu),
];

impl Hidden {
    /// The network of these layers after some blocks.
    pub(super) fn after(&self, convolution: Option<ConvolutionBlocks>) -> Blocks {
        Blocks {
            convolution,
            hidden: self.units.clone(),
            activation: self.activation,
            batch_norm: self.batch_norm,
            dropout: self.dropout,
        }
    }

    /// `convolutional` models can do without hidden layers.
    pub(super) fn keys(section: &mut Section<'_>, written: Option<&Self>, convolutional: bool) -> Self {
        let (least, default) = if convolutional { (0, Vec::new()) } else { (1, DEFAULT_UNITS.to_vec()) };
        let units = key("hidden", list(count(1), least), "units of each hidden layer, for `mlp` and `cnn`");
        let units = section.value(units, default, written.map(|hidden| hidden.units.clone()));
        let activation =
            key("activation", word(&ACTIVATIONS), "activation after each block and hidden layer");
        let activation = section.value(activation, Activation::Relu, written.map(|hidden| hidden.activation));
        let about = "batch normalisation of each block and hidden layer; hidden layers then need batches of at least \
                     two samples";
        let batch_norm = key("batch_norm", flag(), about);
        let batch_norm = section.value(batch_norm, false, written.map(|hidden| hidden.batch_norm));
        let dropout = key("dropout", fraction(), "share of the hidden units that is left out while training");
        let dropout = section.value(dropout, 0.0, written.map(|hidden| hidden.dropout));
        Self { units, activation, batch_norm, dropout }
    }
}
