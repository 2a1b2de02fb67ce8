//! The names of the activation functions.

/// The function after each hidden layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// `max(0, z)`.
    Relu,
    /// `z` where it is positive, else `0.01 z`.
    LeakyRelu,
    /// The hyperbolic tangent.
    Tanh,
    /// `1 / (1 + exp(-z))`.
    Sigmoid,
    /// `z Φ(z)` with the normal distribution's `Φ`.
    Gelu,
}

impl Activation {
    /// Whether the function has a kink at 0, and is smooth elsewhere; otherwise it is smooth everywhere.
    pub fn has_kink(self) -> bool {
        match self {
            Self::Relu | Self::LeakyRelu => true,
            Self::Tanh | Self::Sigmoid | Self::Gelu => false,
        }
    }
}
