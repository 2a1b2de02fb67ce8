//! The options of batch norm.

/// The options of a batch norm layer; the defaults are PyTorch's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchNormOptions {
    /// The weight of a batch in the running means.
    pub momentum: f64,
    /// Added to the variance, which keeps the divisor above 0.
    pub epsilon: f64,
    /// Whether each channel is multiplied by a parameter.
    pub scale: bool,
    /// Whether a parameter is added to each channel.
    pub shift: bool,
}

impl Default for BatchNormOptions {
    fn default() -> Self {
        Self { momentum: 0.1, epsilon: 1e-5, scale: true, shift: true }
    }
}
