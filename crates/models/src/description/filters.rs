//! The filters of a convolution.

use super::{Scheme, Window};

/// The filters of a convolution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Filters {
    /// Channels of its output.
    pub n_filters: usize,
    /// Their size and steps, and the zeros around the image.
    pub window: Window,
    /// Whether a bias is added to each channel.
    pub bias: bool,
    /// How the weights begin, if not as those of other layers.
    pub init: Option<FilterInit>,
}

impl Filters {
    /// Filters with a bias, at stride 1, that keep height and width.
    pub fn same(n_filters: usize, kernel_size: usize) -> Self {
        let padding = super::Padding::same(kernel_size);
        Self { n_filters, window: Window { size: kernel_size, stride: 1, padding }, bias: true, init: None }
    }
}

/// Initial weights of filters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FilterInit {
    /// Drawn by a scheme.
    Scheme(Scheme),
    /// Filter `i` passes channel `i` on unchanged, as far as there are channels; further filters are drawn as those of other
    /// layers: PyTorch's `dirac_` on the first filters alone (S. Zagoruyko and N. Komodakis, "DiracNets", 2017).
    Dirac,
    /// The eigenvectors of the second moments of the training images' patches, each divided by the square root of its eigenvalue,
    /// and their negatives; biases are drawn as those of other layers (K. Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single
    /// GPU", arXiv 2404.00498).
    Whitening,
}
