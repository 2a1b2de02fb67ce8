//! The two ways to gradients.

/// How gradients are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GradientRule {
    /// Burn records the forward pass and differentiates it.
    Autodiff,
    /// The derivative of each layer, written out by hand, on tensors without a graph.
    Manual,
}
