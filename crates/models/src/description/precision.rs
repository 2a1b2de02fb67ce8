//! The number format of matrix products and convolutions while training.

/// The number format of products while training. Predictions always use the format of the tensors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// The format of the tensors.
    #[default]
    Full,
    /// bfloat16 for products, single precision for everything else.
    Mixed,
}
