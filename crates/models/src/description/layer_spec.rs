//! A layer with the shape of its input.

use super::architecture_error::Reason;
use super::{Activation, BatchNormOptions, FilterInit, Filters, Scheme, Shape, Window};
use emberlab_data::ImageShape;

/// A layer of a network.
#[derive(Clone, Debug, PartialEq)]
pub enum LayerSpec {
    /// A linear layer.
    Linear {
        /// Columns of its input.
        n_inputs: usize,
        /// Columns of its output.
        n_outputs: usize,
        /// Whether it adds a bias.
        bias: bool,
        /// How its weights are drawn, if not as those of other layers.
        scheme: Option<Scheme>,
    },
    /// A convolution.
    Convolution {
        /// Its input.
        image: ImageShape,
        /// Its filters.
        filters: Filters,
    },
    /// Batch norm.
    BatchNorm {
        /// Channels of its input.
        channels: usize,
        /// What it does.
        options: BatchNormOptions,
    },
    /// An activation function.
    Activation(Activation),
    /// Dropout, with the probability that an element is zeroed.
    Dropout(f64),
    /// Max-pooling.
    MaxPool {
        /// Its input.
        image: ImageShape,
        /// The pixels of which the largest is kept.
        window: Window,
    },
    /// Average pooling.
    AveragePool {
        /// Its input.
        image: ImageShape,
        /// The pixels of which the mean is kept.
        window: Window,
    },
    /// Global average pooling of images of this shape.
    GlobalAveragePool(ImageShape),
    /// An image as a row of numbers.
    Flatten,
    /// A product with a number.
    Scale(f64),
    /// The sum of what some layers make of the input, and of what others do.
    Residual {
        /// The layers.
        layers: Vec<LayerSpec>,
        /// The layers of the way around them; none where the input itself is added.
        shortcut: Vec<LayerSpec>,
    },
}

impl LayerSpec {
    /// The number of weights and biases.
    pub fn n_parameters(&self) -> usize {
        let affine = |n_inputs: usize, n_outputs: usize, bias: bool| {
            n_inputs.saturating_add(usize::from(bias)).saturating_mul(n_outputs)
        };
        match self {
            Self::Linear { n_inputs, n_outputs, bias, .. } => affine(*n_inputs, *n_outputs, *bias),
            Self::Convolution { image, filters } => {
                affine(under_filter(*image, filters), filters.n_filters, filters.bias)
            }
            Self::BatchNorm { channels, options } => {
                channels.saturating_mul(usize::from(options.scale) + usize::from(options.shift))
            }
            Self::Residual { layers, shortcut } => {
                let inner = layers.iter().chain(shortcut).map(Self::n_parameters);
                inner.fold(0, usize::saturating_add)
            }
            Self::Activation(_)
            | Self::Dropout(_)
            | Self::MaxPool { .. }
            | Self::AveragePool { .. }
            | Self::GlobalAveragePool(_)
            | Self::Flatten
            | Self::Scale(_) => 0,
        }
    }

    /// The most weights of one layer, of a residual block of one inside it.
    pub fn most_parameters(&self) -> usize {
        match self {
            Self::Residual { layers, shortcut } => {
                layers.iter().chain(shortcut).map(Self::most_parameters).max().unwrap_or(0)
            }
            layer => layer.n_parameters(),
        }
    }

    /// The shape of a sample after the layer.
    pub fn output(&self, input: Shape) -> Shape {
        match self {
            Self::Linear { n_outputs, .. } => Shape::Features(*n_outputs),
            Self::Convolution { image, filters } => positions(filters.window, *image, filters.n_filters),
            Self::MaxPool { image, window } | Self::AveragePool { image, window } => {
                positions(*window, *image, image.channels)
            }
            Self::GlobalAveragePool(image) => {
                Shape::Image(ImageShape { channels: image.channels, height: 1, width: 1 })
            }
            Self::Flatten => Shape::Features(input.size()),
            Self::Residual { layers, .. } => layers.iter().fold(input, |shape, layer| layer.output(shape)),
            Self::BatchNorm { .. } | Self::Activation(_) | Self::Dropout(_) | Self::Scale(_) => input,
        }
    }

    /// Products of the forward pass of one sample: a linear layer has one for each weight, a convolution one for each weight
    /// and position. Those of other layers are not counted, as is usual.
    pub fn multiply_adds(&self, input: Shape) -> usize {
        match self {
            Self::Linear { n_inputs, n_outputs, .. } => n_inputs.saturating_mul(*n_outputs),
            Self::Convolution { image, filters } => {
                self.output(input).size().saturating_mul(under_filter(*image, filters))
            }
            Self::Residual { layers, shortcut } => {
                let of_all = |layers: &[Self]| {
                    let (mut shape, mut sum) = (input, 0usize);
                    for layer in layers {
                        sum = sum.saturating_add(layer.multiply_adds(shape));
                        shape = layer.output(shape);
                    }
                    sum
                };
                of_all(layers).saturating_add(of_all(shortcut))
            }
            _ => 0,
        }
    }

    /// Values per sample that the layer lays out for a matrix product, beside its output.
    pub fn n_unfolded(&self) -> usize {
        match self {
            Self::Convolution { image, filters } => {
                let Shape::Image(output) = positions(filters.window, *image, 1) else { return 0 };
                under_filter(*image, filters).saturating_mul(output.height.saturating_mul(output.width))
            }
            Self::Residual { layers, shortcut } => {
                layers.iter().chain(shortcut).map(Self::n_unfolded).fold(0, usize::saturating_add)
            }
            _ => 0,
        }
    }

    /// Values per sample of the outputs of the layer and of those inside it.
    pub fn n_kept(&self, input: Shape) -> usize {
        let mut kept = self.output(input).size();
        if let Self::Residual { layers, shortcut } = self {
            for branch in [layers, shortcut] {
                let mut shape = input;
                for layer in branch {
                    kept = kept.saturating_add(layer.n_kept(shape));
                    shape = layer.output(shape);
                }
            }
        }
        kept
    }

    /// Checks that the layer does not whiten, or whitens as the first layer with as many filters as it takes.
    pub(super) fn check_whitening(&self, is_first: bool) -> Result<(), Reason> {
        let Self::Convolution { image, filters } = self else { return Ok(()) };
        let wanted = under_filter(*image, filters).saturating_mul(2);
        match filters.init {
            Some(FilterInit::Whitening) if !is_first => Err(Reason::WhiteningPlace),
            Some(FilterInit::Whitening) if filters.n_filters != wanted => {
                Err(Reason::WhiteningFilters { found: filters.n_filters, wanted })
            }
            _ => Ok(()),
        }
    }

    /// Pixels of the input from one pixel of the output to the next.
    pub(super) fn stride(&self) -> usize {
        match self {
            Self::Convolution { filters, .. } => filters.window.stride,
            Self::MaxPool { window, .. } | Self::AveragePool { window, .. } => window.stride,
            Self::Residual { layers, .. } => layers.iter().map(Self::stride).fold(1, usize::saturating_mul),
            _ => 1,
        }
    }
}

/// Values under a filter: weights of one filter without its bias.
fn under_filter(image: ImageShape, filters: &Filters) -> usize {
    let size = filters.window.size;
    image.channels.saturating_mul(size.saturating_mul(size))
}

fn positions(window: Window, image: ImageShape, channels: usize) -> Shape {
    let (height, width) = window.positions(image).unwrap_or((0, 0));
    Shape::Image(ImageShape { channels, height, width })
}
