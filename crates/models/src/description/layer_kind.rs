//! A layer as it is written down, before the shape of its input is known.

use super::architecture_error::Reason;
use super::{Activation, BatchNormOptions, Filters, LayerSpec, Padding, Shape, Window};
use emberlab_data::ImageShape;

/// A layer, or several equal ones in a row.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerDefinition {
    /// The layer.
    pub kind: LayerKind,
    /// How many there are, from 1.
    pub repeat: usize,
}

/// A layer whose input has any shape that it accepts.
#[derive(Clone, Debug, PartialEq)]
pub enum LayerKind {
    /// A linear layer; it takes images as rows of numbers.
    Linear {
        /// Columns of its output; none for the logits of the network.
        n_outputs: Option<usize>,
        /// Whether it adds a bias.
        bias: bool,
        /// How its weights are drawn, if not as those of other layers.
        scheme: Option<super::Scheme>,
    },
    /// A convolution.
    Convolution(Filters),
    /// Batch norm.
    BatchNorm(BatchNormOptions),
    /// An activation function.
    Activation(Activation),
    /// Dropout, with the probability that an element is zeroed.
    Dropout(f64),
    /// Max-pooling.
    MaxPool(Window),
    /// Average pooling.
    AveragePool(Window),
    /// Global average pooling.
    GlobalAveragePool,
    /// An image as a row of numbers.
    Flatten,
    /// A product with a number.
    Scale(f64),
    /// The sum of what some layers make of the input, and of a shortcut around them.
    Residual {
        /// The layers.
        layers: Vec<LayerDefinition>,
        /// The way around them.
        shortcut: Shortcut,
    },
}

/// The way around the layers of a residual block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shortcut {
    /// The input itself.
    #[default]
    Identity,
    /// A convolution of 1 × 1 pixels without a bias, with the stride of the layers, and batch norm (K. He et al., "Deep
    /// Residual Learning for Image Recognition", 2016, option B).
    Projection,
}

impl From<LayerKind> for LayerDefinition {
    fn from(kind: LayerKind) -> Self {
        Self { kind, repeat: 1 }
    }
}

impl LayerKind {
    /// The layer for inputs of one shape. A residual block is made from its layers by [`Shortcut::around`].
    pub(super) fn resolve(&self, input: Shape, n_logits: usize) -> Result<LayerSpec, Reason> {
        Ok(match *self {
            Self::Linear { n_outputs, bias, scheme } => {
                let n_outputs = n_outputs.unwrap_or(n_logits);
                LayerSpec::Linear { n_inputs: input.size(), n_outputs, bias, scheme }
            }
            Self::Convolution(filters) => {
                let image = image(input)?;
                output(filters.window, image)?;
                reaches(filters.window)?;
                LayerSpec::Convolution { image, filters }
            }
            Self::BatchNorm(options) => LayerSpec::BatchNorm { channels: input.channels(), options },
            Self::Activation(activation) => LayerSpec::Activation(activation),
            Self::Dropout(probability) => LayerSpec::Dropout(probability),
            Self::MaxPool(window) => {
                let image = image(input)?;
                output(window, image)?;
                LayerSpec::MaxPool { image, window }
            }
            Self::AveragePool(window) => {
                let image = image(input)?;
                output(window, image)?;
                LayerSpec::AveragePool { image, window }
            }
            Self::GlobalAveragePool => LayerSpec::GlobalAveragePool(image(input)?),
            Self::Flatten => LayerSpec::Flatten,
            Self::Scale(factor) => LayerSpec::Scale(factor),
            Self::Residual { .. } => return Err(Reason::NoLayers),
        })
    }
}

impl Shortcut {
    /// The residual block of `layers`, from `input` to `output`.
    pub(super) fn around(
        self,
        layers: Vec<LayerSpec>,
        input: Shape,
        output: Shape,
    ) -> Result<LayerSpec, Reason> {
        let shortcut = match self {
            Self::Identity => Vec::new(),
            Self::Projection => projection(&layers, input, output)?,
        };
        let around = shortcut.iter().fold(input, |shape, layer| layer.output(shape));
        if around != output {
            return Err(Reason::Shortcut { kind: self, around, output });
        }
        Ok(LayerSpec::Residual { layers, shortcut })
    }
}

fn projection(layers: &[LayerSpec], input: Shape, output: Shape) -> Result<Vec<LayerSpec>, Reason> {
    let (image, Shape::Image(ImageShape { channels, .. })) = (image(input)?, output) else {
        return Err(Reason::Shortcut { kind: Shortcut::Projection, around: input, output });
    };
    let stride = layers.iter().map(LayerSpec::stride).fold(1, usize::saturating_mul);
    let filters = Filters {
        n_filters: channels,
        window: Window { size: 1, stride, padding: Padding::NONE },
        bias: false,
        init: None,
    };
    let norm = LayerSpec::BatchNorm { channels, options: BatchNormOptions::default() };
    Ok(vec![LayerSpec::Convolution { image, filters }, norm])
}

fn image(input: Shape) -> Result<ImageShape, Reason> {
    match input {
        Shape::Image(image) => Ok(image),
        Shape::Features(_) => Err(Reason::NotAnImage { input }),
    }
}

fn output(window: Window, image: ImageShape) -> Result<(), Reason> {
    match window.positions(image) {
        Some(_) => Ok(()),
        None => Err(Reason::TooSmall { window, image }),
    }
}

/// Whether each position of a window can see the image. A filter that sees only zeros has no derivative.
fn reaches(window: Window) -> Result<(), Reason> {
    let Padding { before, after } = window.padding;
    if before.max(after) < window.size { Ok(()) } else { Err(Reason::Padding { window }) }
}
