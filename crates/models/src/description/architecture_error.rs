//! Layers that do not fit each other.

use super::{Shape, Shortcut, Window};
use emberlab_data::ImageShape;
use emberlab_data::text::{count, thousands};
use std::fmt;

/// A layer that does not fit the output of the layer before it.
#[derive(Clone, Debug, PartialEq)]
pub struct ArchitectureError {
    /// The position of the definition from 0; within a residual block, after those of the blocks around it.
    pub place: Vec<usize>,
    /// What is wrong.
    pub reason: Reason,
}

/// The reason why a layer does not fit, as the end of a sentence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reason {
    /// A layer of images receives a row of numbers.
    NotAnImage {
        /// Its input.
        input: Shape,
    },
    /// An image is smaller than the window.
    TooSmall {
        /// The window.
        window: Window,
        /// The image.
        image: ImageShape,
    },
    /// The two ways through a residual block end with other shapes.
    Shortcut {
        /// The way around the layers.
        kind: Shortcut,
        /// Its end.
        around: Shape,
        /// The output of the layers.
        output: Shape,
    },
    /// The last layer makes another number of values than there are logits.
    Logits {
        /// Its output.
        output: Shape,
        /// The logits.
        n_logits: usize,
    },
    /// Zeros around an image among which a filter sees nothing else.
    Padding {
        /// The window with the zeros.
        window: Window,
    },
    /// Whitening filters in another layer than the first.
    WhiteningPlace,
    /// Another number of whitening filters than the patches have directions.
    WhiteningFilters {
        /// The number.
        found: usize,
        /// The number that whitens.
        wanted: usize,
    },
    /// A residual block without layers.
    NoLayers,
    /// The layers are not described.
    Custom,
    /// More layers than a network can have.
    TooMany {
        /// The largest number.
        most: usize,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnImage { input } => {
                write!(
                    f,
                    "needs images (channels × height × width), but receives rows of {input} numbers, which `linear` \
                     layers take"
                )
            }
            Self::TooSmall { window, image } => {
                let size = window.size;
                write!(
                    f,
                    "looks at {size} × {size} pixels, but receives images of {}",
                    Shape::Image(*image)
                )?;
                match window.padding.total() {
                    0 => Ok(()),
                    total => write!(f, " with {total} zeros added to height and width"),
                }?;
                f.write_str("; make it smaller, or keep larger images by fewer pools and strides before it")
            }
            Self::Shortcut { kind, around, output } => {
                let projected = if *kind == Shortcut::Projection { "projected " } else { "" };
                write!(
                    f,
                    "adds its {projected}input, {}, to the output of its layers, {}: both must have one \
                     shape; {}",
                    numbers(*around),
                    numbers(*output),
                    remedy(*kind, *around, *output)
                )
            }
            Self::Logits { output, n_logits } => {
                write!(
                    f,
                    "is the last layer and gives {}, must give {n_logits}: one logit for each class, as a last layer \
                     `linear` without `outputs` does",
                    numbers(*output)
                )
            }
            Self::Custom => f.write_str(
                "`model.kind` is \"custom\": the network is built by a program, which alone can train or evaluate it",
            ),
            Self::NoLayers => f.write_str("has no layers, must have one or more in its list `layers`"),
            Self::TooMany { most } => {
                let most = thousands(*most);
                write!(
                    f,
                    "makes a network of more than {most} layers; where `repeat`s lie in each other, they multiply"
                )
            }
            Self::Padding { window } => {
                let (size, most) = (window.size, window.size - 1);
                write!(
                    f,
                    "has more zeros around the image than its filters of {size} × {size} pixels can reach across, must have at \
                     most `padding = {most}`"
                )
            }
            Self::WhiteningPlace => {
                f.write_str("whitens the images, which only the first layer of the network receives")
            }
            Self::WhiteningFilters { found, wanted } => write!(
                f,
                "has {found} filters, must have {wanted} to whiten: one for each value under a filter, and its negative"
            ),
        }
    }
}

/// `4 numbers`, or the shape of an image.
fn numbers(shape: Shape) -> String {
    match shape {
        Shape::Features(size) => count(size, "number"),
        Shape::Image(_) => shape.to_string(),
    }
}

/// How the two ways through a residual block get one shape.
fn remedy(kind: Shortcut, around: Shape, output: Shape) -> &'static str {
    match (kind, around, output) {
        (Shortcut::Identity, Shape::Image(_), Shape::Image(_)) => {
            "`shortcut = \"projection\"` changes channels, and height and width by the stride of the layers"
        }
        (_, Shape::Image(_), Shape::Image(_)) => {
            "beside their stride, the layers must not change height and width, as `padding = \"same\"` in convolutions"
        }
        _ => "end the block with as many outputs as it has inputs",
    }
}
