//! Sizes at which one way to compute a result becomes faster than another.
//!
//! Measured with Burn's flex backend on two cores. Other backends use the same sizes: the results differ between two
//! ways by rounding, so that the sizes are fixed.

/// Values under a filter, `c k²`, up to which a convolution is computed as one product of unfolded images: 7 instead of
/// 19 ms for 128 images, 3 channels and 32 filters. For more, Burn's convolution is as fast.
pub(crate) const MAX_UNFOLDED_VALUES: usize = 64;

/// Outputs of a linear layer from which on copying the transposed operand pays off. A product packs a transposed view
/// element by element, which takes longer than to copy it first: 2.2 instead of 3.2 ms for 128 samples, 3,072 inputs
/// and 512 outputs.
pub(crate) const MIN_OUTPUTS_TO_COPY: usize = 16;

/// Samples and outputs from which on our own product computes a linear layer.
pub(crate) const MIN_PRODUCT_SIDE: usize = 8;
