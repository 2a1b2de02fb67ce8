//! The interface of a layer.

use super::visitor::{LayerVisitor, Path};
use crate::description::Precision;
use crate::pattern::{Mask, Pattern};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// A step of a network, from `[n, n_inputs]` to `[n, n_outputs]`.
///
/// A layer that contains other layers passes every call on to them. Its methods have no default that could leave them out.
pub trait Layer<B: Backend> {
    /// The name of the list of such layers in a network: the first layer of the group `convolutions` is `convolutions.0`.
    fn group(&self) -> &'static str;

    /// Shows the parameters, the running means and the generators of the layer, which lies at `path`, to a visitor. A
    /// layer that contains others shows them with [`visit_layers`](super::visit_layers).
    fn accept(&self, path: &Path<'_>, visitor: &mut impl LayerVisitor<B>);

    /// The output for a batch when predicting.
    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2>;

    /// The output for a training batch: dropout draws, batch norm uses the mean and variance of the batch, and
    /// products are computed in the precision of the pass. A layer with a kink reports to the pass on which side of
    /// it each value lies.
    fn forward_training(&self, input: Tensor<B, 2>, pass: &mut TrainingPass) -> Tensor<B, 2>;

    /// The output of [`forward_training`](Self::forward_training), and the layer's derivative at this batch.
    fn differentiate(&self, input: Tensor<B, 2>, precision: Precision) -> WithBackward<'_, B>;
}

/// The derivative of a layer at one batch. It takes `∂J/∂output`, adds the gradients of the layer's parameters, and
/// returns `∂J/∂input` where it is wanted.
pub type Backward<'a, B> =
    Box<dyn FnOnce(Tensor<B, 2>, InputGradient, &mut GradientsParams) -> Option<Tensor<B, 2>> + Send + 'a>;

/// The output of a layer, and its derivative.
pub type WithBackward<'a, B> = (Tensor<B, 2>, Backward<'a, B>);

/// Whether to compute `∂J/∂input`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputGradient {
    /// The layer before this one needs it.
    Wanted,
    /// The input is the data.
    Unused,
}

impl InputGradient {
    /// `compute()` where it is wanted.
    pub fn when_wanted<T>(self, compute: impl FnOnce() -> T) -> Option<T> {
        (self == Self::Wanted).then(compute)
    }
}

/// A forward pass over a training batch.
#[derive(Debug)]
pub struct TrainingPass {
    precision: Precision,
    pattern: Option<Pattern>,
}

impl TrainingPass {
    /// A pass whose products are computed in `precision`.
    pub fn new(precision: Precision) -> Self {
        Self { precision, pattern: None }
    }

    /// A pass that records the activation pattern of the batch.
    pub fn with_pattern(precision: Precision) -> Self {
        Self { precision, pattern: Some(Pattern::default()) }
    }

    /// The number format of products.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Whether the pass records the pattern.
    pub(crate) fn records_pattern(&self) -> bool {
        self.pattern.is_some()
    }

    /// Records masks of a layer's input, if the pass records the pattern.
    pub fn record<B: Backend>(&mut self, masks: impl FnOnce() -> Vec<Mask<B>>) {
        if let Some(pattern) = &mut self.pattern {
            pattern.extend(masks());
        }
    }

    /// The recorded pattern, empty where none was recorded.
    pub fn into_pattern(self) -> Pattern {
        self.pattern.unwrap_or_default()
    }
}
