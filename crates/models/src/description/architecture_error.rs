//! Layers that do not fit each other.

use super::{Shape, Shortcut, Window};
use emberlab_data::ImageShape;
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
                write!(f, "needs images (channels × height × width), but receives rows of {input} numbers")
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
                }
            }
            Self::Shortcut { kind: Shortcut::Identity, around, output } => write!(
                f,
                "adds its input, {around}, to the output of its layers, {output}: both must have one shape; \
                 `shortcut = \"projection\"` makes them equal"
            ),
            Self::Shortcut { kind: Shortcut::Projection, around, output } => write!(
                f,
                "adds its projected input, {around}, to the output of its layers, {output}: both must have one shape"
            ),
            Self::Logits { output, n_logits } => {
                write!(
                    f,
                    "is the last layer and gives {output}, must give {n_logits}: one logit for each class"
                )
            }
            Self::WhiteningPlace => {
                f.write_str("whitens the images, which only the first layer of the network receives")
            }
            Self::WhiteningFilters { found, wanted } => write!(
                f,
                "has {found} filters, must have {wanted} to whiten: one for each value under a filter, and its negative"
            ),
            Self::NoLayers => f.write_str("has no layers"),
            Self::TooMany { most } => write!(f, "makes a network of more than {most} layers"),
        }
    }
}
