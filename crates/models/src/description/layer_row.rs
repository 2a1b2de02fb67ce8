//! The layers of a network as rows of a table.

use super::{Architecture, LayerNames, LayerSpec, Shape};

/// A layer with its place in the network.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerRow<'a> {
    /// Its name, which the names of its tensors begin with, as `3.layers.0`.
    pub name: String,
    /// The shape of a sample before it.
    pub input: Shape,
    /// The layer.
    pub layer: &'a LayerSpec,
    /// Of a residual block, its layers and then those of its shortcut.
    pub inner: Vec<LayerRow<'a>>,
}

impl Architecture {
    /// A row for each layer, from the input on.
    pub fn rows(&self) -> Vec<LayerRow<'_>> {
        rows(self.layers(), self.input(), self.names(), "")
    }
}

/// The rows of layers whose names begin with `prefix`.
fn rows<'a>(layers: &'a [LayerSpec], input: Shape, names: LayerNames, prefix: &str) -> Vec<LayerRow<'a>> {
    let mut shape = input;
    let rows = layers.iter().enumerate().map(|(position, layer)| {
        let name = match names {
            LayerNames::ByPosition => format!("{prefix}{position}"),
            LayerNames::ByKind => {
                let earlier = layers[..position].iter().filter(|earlier| earlier.group() == layer.group());
                format!("{prefix}{}.{}", layer.group(), earlier.count())
            }
        };
        let input = shape;
        shape = layer.output(input);
        let inner = match layer {
            LayerSpec::Residual { layers, shortcut } => {
                let inner =
                    |layers, part| rows(layers, input, LayerNames::ByPosition, &format!("{name}.{part}."));
                [inner(layers, "layers"), inner(shortcut, "shortcut")].concat()
            }
            _ => Vec::new(),
        };
        LayerRow { name, input, layer, inner }
    });
    rows.collect()
}

impl LayerRow<'_> {
    /// Whether another layer in another place does the same.
    pub fn equals(&self, other: &LayerRow<'_>) -> bool {
        (self.input, self.layer) == (other.input, other.layer)
    }

    /// The shape of a sample after it.
    pub fn output(&self) -> Shape {
        self.layer.output(self.input)
    }

    /// Its weights and biases, with those of inner layers.
    pub fn n_parameters(&self) -> usize {
        self.layer.n_parameters()
    }

    /// Products of the forward pass of one sample, with those of inner layers.
    pub fn multiply_adds(&self) -> usize {
        self.layer.multiply_adds(self.input)
    }

    /// Values per sample of its output and of the outputs of inner layers.
    pub fn n_kept(&self) -> usize {
        self.layer.n_kept(self.input)
    }
}
