//! A layer in words.

use super::{Activation, LayerSpec, Padding, Window};
use std::fmt;

impl LayerSpec {
    /// The name that a layer of this kind has where names follow from kinds, as in `convolutions.0`.
    pub fn group(&self) -> &'static str {
        match self {
            Self::Linear { .. } => "layers",
            Self::Convolution { .. } => "convolutions",
            Self::BatchNorm { .. } => "norms",
            Self::Activation(_) => "activations",
            Self::Dropout(_) => "dropouts",
            Self::MaxPool { .. } | Self::AveragePool { .. } | Self::GlobalAveragePool(_) => "pools",
            Self::Flatten => "flattens",
            Self::Scale(_) => "scales",
            Self::Residual { .. } => "blocks",
        }
    }
}

/// The kind with its sizes, as `convolution 3 × 3, 16 filters, stride 2`; the shape of its input and its biases are left out.
impl fmt::Display for LayerSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Linear { n_inputs, n_outputs, .. } => write!(f, "linear {n_inputs} → {n_outputs}"),
            Self::Convolution { filters, .. } => {
                let Window { size, stride, padding } = filters.window;
                write!(f, "convolution {size} × {size}, {} filters", filters.n_filters)?;
                steps(f, stride, 1)?;
                if padding == Padding::same(size) {
                    return Ok(());
                }
                write!(f, ", padding {}", padding.before)
            }
            Self::BatchNorm { options, .. } => {
                f.write_str("batch norm")?;
                for (has, name) in [(options.scale, "scale"), (options.shift, "shift")] {
                    if !has {
                        write!(f, ", no {name}")?;
                    }
                }
                Ok(())
            }
            Self::Activation(activation) => write!(f, "{activation}"),
            Self::Dropout(probability) => write!(f, "dropout {probability}"),
            Self::MaxPool { window, .. } => pool(f, "max", *window),
            Self::AveragePool { window, .. } => pool(f, "average", *window),
            Self::GlobalAveragePool(_) => f.write_str("global average pool"),
            Self::Flatten => f.write_str("flatten"),
            Self::Scale(factor) => write!(f, "scale by {factor}"),
            Self::Residual { .. } => f.write_str("residual block"),
        }
    }
}

fn pool(f: &mut fmt::Formatter<'_>, kind: &str, window: Window) -> fmt::Result {
    let size = window.size;
    write!(f, "{kind} pool {size} × {size}")?;
    steps(f, window.stride, size)
}

fn steps(f: &mut fmt::Formatter<'_>, stride: usize, default: usize) -> fmt::Result {
    if stride == default { Ok(()) } else { write!(f, ", stride {stride}") }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Relu => "ReLU",
            Self::LeakyRelu => "leaky ReLU",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
            Self::Gelu => "GELU",
        })
    }
}
