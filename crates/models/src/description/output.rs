//! The names of the functions from logits to probabilities.

/// The function from logits to probabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// One logit per class: `p_c = exp(z_c) / Σ exp(z_c)`.
    Softmax,
    /// One logit for class 1 of two: `p = 1 / (1 + exp(-z))`.
    Sigmoid,
}

impl Output {
    /// Columns of the logits for `n_classes` classes.
    pub fn n_outputs(self, n_classes: usize) -> usize {
        match self {
            Self::Softmax => n_classes,
            Self::Sigmoid => 1,
        }
    }
}
