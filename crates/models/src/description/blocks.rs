//! The networks of the lab in short form.

use super::{Activation, Filters, LayerDefinition, LayerKind, Pool, Window};

/// Convolution blocks, if any, then hidden layers.
///
/// A block is a convolution, batch norm if wanted, the activation, and pooling; a hidden layer is
/// a linear layer, batch norm if wanted, the activation, and dropout if wanted. A linear layer to the
/// logits comes last.
#[derive(Clone, Debug, PartialEq)]
pub struct Blocks {
    /// The blocks before the linear layers.
    pub convolution: Option<ConvolutionBlocks>,
    /// Units of each hidden layer.
    pub hidden: Vec<usize>,
    /// The activation after each convolution and each hidden layer.
    pub activation: Activation,
    /// Whether batch norm follows each convolution and each hidden layer.
    pub batch_norm: bool,
    /// Probability that dropout zeroes a unit of a hidden layer while training, from 0 to below 1.
    pub dropout: f64,
}

/// Convolution blocks, each of which halves height and width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvolutionBlocks {
    /// Filters of each block.
    pub channels: Vec<usize>,
    /// Height and width of the filters.
    pub kernel_size: usize,
    /// The pooling that ends each block.
    pub pool: Pool,
    /// Whether the mean of each channel, and not every pixel, goes to the linear layers.
    pub global_average_pool: bool,
}

impl Default for Blocks {
    /// One linear layer.
    fn default() -> Self {
        Self {
            convolution: None,
            hidden: Vec::new(),
            activation: Activation::Relu,
            batch_norm: false,
            dropout: 0.0,
        }
    }
}

impl Blocks {
    /// The layers, from the input to the logits.
    pub fn layers(&self) -> Vec<LayerDefinition> {
        let mut layers = Vec::new();
        if let Some(blocks) = &self.convolution {
            for &n_filters in &blocks.channels {
                layers.push(LayerKind::Convolution(Filters::same(n_filters, blocks.kernel_size)));
                self.push_activation(&mut layers);
                layers.push(match blocks.pool {
                    Pool::Max => LayerKind::MaxPool(Window::tiling(2)),
                    Pool::Average => LayerKind::AveragePool(Window::tiling(2)),
                });
            }
            if blocks.global_average_pool {
                layers.push(LayerKind::GlobalAveragePool);
            }
        }
        for &units in &self.hidden {
            layers.push(linear(Some(units)));
            self.push_activation(&mut layers);
            if self.dropout > 0.0 {
                layers.push(LayerKind::Dropout(self.dropout));
            }
        }
        layers.push(linear(None));
        layers.into_iter().map(LayerDefinition::from).collect()
    }

    fn push_activation(&self, layers: &mut Vec<LayerKind>) {
        if self.batch_norm {
            layers.push(LayerKind::BatchNorm(Default::default()));
        }
        layers.push(LayerKind::Activation(self.activation));
    }
}

fn linear(n_outputs: Option<usize>) -> LayerKind {
    LayerKind::Linear { n_outputs, bias: true, scheme: None }
}
