//! The kinds of layers that have parameters.

/// A kind of layer that has parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrainableLayer {
    /// A convolution.
    Convolution,
    /// A linear layer.
    Linear,
    /// Batch norm.
    BatchNorm,
}

impl TrainableLayer {
    /// Each kind with its name.
    pub const ALL: [(&'static str, Self); 3] =
        [("convolution", Self::Convolution), ("linear", Self::Linear), ("batch-norm", Self::BatchNorm)];

    /// The kind whose layers a network lists under a name, as `convolutions`.
    pub fn of_group(group: &str) -> Option<Self> {
        match group {
            "convolutions" => Some(Self::Convolution),
            "layers" => Some(Self::Linear),
            "norms" => Some(Self::BatchNorm),
            _ => None,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Convolution => "convolution",
            Self::Linear => "linear",
            Self::BatchNorm => "batch-norm",
        }
    }
}
