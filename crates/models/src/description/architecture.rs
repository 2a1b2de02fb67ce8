//! The layers of a network and their sizes.

use super::{Activation, Pool};
use emberlab_data::ImageShape;
use std::fmt;

/// The layers of a classifier: convolution blocks, if any, then linear layers.
///
/// A block is a convolution, batch norm if wanted, the activation, and pooling; a hidden layer is
/// a linear layer, batch norm if wanted, the activation, and dropout if wanted. A linear layer to the
/// logits comes last.
#[derive(Clone, Debug, PartialEq)]
pub struct Architecture {
    /// Features per sample.
    pub n_features: usize,
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
    /// Columns of the logits.
    pub n_outputs: usize,
}

/// Convolution blocks, each of which halves height and width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvolutionBlocks {
    /// The images; height and width are divisible by two for each block.
    pub image: ImageShape,
    /// Filters of each block.
    pub channels: Vec<usize>,
    /// Height and width of the filters, an odd number.
    pub kernel_size: usize,
    /// The pooling that ends each block.
    pub pool: Pool,
    /// Whether the mean of each channel, and not every pixel, goes to the linear layers.
    pub global_average_pool: bool,
}

/// One layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LayerSpec {
    /// A linear layer.
    Linear {
        /// Columns of its input.
        n_inputs: usize,
        /// Columns of its output.
        n_outputs: usize,
    },
    /// A convolution.
    Convolution {
        /// Its input.
        image: ImageShape,
        /// Channels of its output.
        n_filters: usize,
        /// Height and width of the filters.
        kernel_size: usize,
    },
    /// Batch norm, with its number of channels.
    BatchNorm(usize),
    /// An activation function.
    Activation(Activation),
    /// Dropout, with the probability that an element is zeroed.
    Dropout(f64),
    /// Max-pooling of images of this shape.
    MaxPool(ImageShape),
    /// Average pooling of images of this shape.
    AveragePool(ImageShape),
    /// Global average pooling of images of this shape.
    GlobalAveragePool(ImageShape),
}

impl LayerSpec {
    /// The number of weights and biases.
    pub fn n_parameters(self) -> usize {
        let affine = |n_inputs: usize, n_outputs: usize| n_inputs.saturating_add(1).saturating_mul(n_outputs);
        match self {
            Self::Linear { n_inputs, n_outputs } => affine(n_inputs, n_outputs),
            Self::Convolution { image, n_filters, kernel_size } => {
                let area = kernel_size.saturating_mul(kernel_size);
                affine(image.channels.saturating_mul(area), n_filters)
            }
            Self::BatchNorm(channels) => channels.saturating_mul(2),
            Self::Activation(_)
            | Self::Dropout(_)
            | Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::GlobalAveragePool(_) => 0,
        }
    }

    /// Values per sample after the layer, from `n_inputs` before it.
    pub fn n_outputs(self, n_inputs: usize) -> usize {
        match self {
            Self::Linear { n_outputs, .. } => n_outputs,
            Self::Convolution { image, n_filters, .. } => {
                n_filters.saturating_mul(image.height * image.width)
            }
            Self::MaxPool(_) | Self::AveragePool(_) => n_inputs / 4,
            Self::GlobalAveragePool(image) => image.channels,
            Self::BatchNorm(_) | Self::Activation(_) | Self::Dropout(_) => n_inputs,
        }
    }

    /// Values per sample that the layer lays out for a matrix product, beside its output.
    pub fn n_unfolded(self) -> usize {
        match self {
            Self::Convolution { image, kernel_size, .. } => image
                .channels
                .saturating_mul(image.height * image.width)
                .saturating_mul(kernel_size * kernel_size),
            Self::Linear { .. }
            | Self::BatchNorm(_)
            | Self::Activation(_)
            | Self::Dropout(_)
            | Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::GlobalAveragePool(_) => 0,
        }
    }
}

/// The sizes from layer to layer, as `3072 → 64 → 10`, with blocks as `conv 16`.
impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.n_features)?;
        for n_filters in self.convolution.iter().flat_map(|blocks| &blocks.channels) {
            write!(f, " → conv {n_filters}")?;
        }
        for units in self.hidden.iter().chain([&self.n_outputs]) {
            write!(f, " → {units}")?;
        }
        Ok(())
    }
}

impl Architecture {
    /// One linear layer.
    pub fn linear(n_features: usize, n_outputs: usize) -> Self {
        Self::mlp(n_features, Vec::new(), n_outputs)
    }

    /// Linear layers with ReLU between them.
    pub fn mlp(n_features: usize, hidden: Vec<usize>, n_outputs: usize) -> Self {
        Self {
            n_features,
            convolution: None,
            hidden,
            activation: Activation::Relu,
            batch_norm: false,
            dropout: 0.0,
            n_outputs,
        }
    }

    /// The layers, from the input to the logits.
    pub fn layers(&self) -> Vec<LayerSpec> {
        let mut layers = Vec::new();
        let mut n_inputs = self.n_features;
        if let Some(blocks) = &self.convolution {
            n_inputs = self.push_blocks(blocks, &mut layers);
        }
        for &n_outputs in &self.hidden {
            layers.push(LayerSpec::Linear { n_inputs, n_outputs });
            self.push_activation(n_outputs, &mut layers);
            if self.dropout > 0.0 {
                layers.push(LayerSpec::Dropout(self.dropout));
            }
            n_inputs = n_outputs;
        }
        layers.push(LayerSpec::Linear { n_inputs, n_outputs: self.n_outputs });
        layers
    }

    /// The number of all weights and biases.
    pub fn n_parameters(&self) -> usize {
        self.layers().into_iter().map(LayerSpec::n_parameters).fold(0, usize::saturating_add)
    }

    /// Adds the blocks and returns the values per sample after them.
    fn push_blocks(&self, blocks: &ConvolutionBlocks, layers: &mut Vec<LayerSpec>) -> usize {
        let mut image = blocks.image;
        for &n_filters in &blocks.channels {
            layers.push(LayerSpec::Convolution { image, n_filters, kernel_size: blocks.kernel_size });
            image.channels = n_filters;
            self.push_activation(n_filters, layers);
            layers.push(blocks.pool.layer(image));
            (image.height, image.width) = (image.height / 2, image.width / 2);
        }
        if blocks.global_average_pool {
            layers.push(LayerSpec::GlobalAveragePool(image));
            return image.channels;
        }
        image.channels.saturating_mul(image.height * image.width)
    }

    fn push_activation(&self, channels: usize, layers: &mut Vec<LayerSpec>) {
        if self.batch_norm {
            layers.push(LayerSpec::BatchNorm(channels));
        }
        layers.push(LayerSpec::Activation(self.activation));
    }
}
