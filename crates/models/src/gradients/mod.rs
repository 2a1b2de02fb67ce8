//! The two gradient rules: each takes a batch to its score and to the gradient of every parameter.

mod autodiff;
mod in_parts;
mod manual;

pub use manual::{InputGradientTensor, manual_gradients};

use crate::classifier::Classifier;
use crate::metrics::PendingScore;
use burn::optim::GradientsParams;
use burn::tensor::backend::AutodiffBackend;
use emberlab_data::ClassificationBatch;

/// Where the gradients come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GradientRule {
    /// Burn records the forward pass and differentiates it.
    Autodiff,
    /// The derivative of each layer, written out by hand, on tensors without a graph.
    Manual,
}

/// The score of a batch before the update, and the gradients of its loss.
pub struct Gradients<B: AutodiffBackend> {
    /// Loss and metrics.
    pub score: PendingScore<B::InnerBackend>,
    /// `∂J/∂parameter`, without a graph, under the id of each parameter.
    pub parameters: GradientsParams,
}

impl GradientRule {
    /// The score and the gradients of `batch` with the weights of `classifier`.
    pub fn gradients<B: AutodiffBackend>(
        self,
        classifier: &Classifier<B>,
        batch: ClassificationBatch<B>,
    ) -> Gradients<B> {
        match self {
            Self::Autodiff => autodiff::gradients(classifier, batch),
            Self::Manual => manual::gradients(classifier, batch),
        }
    }
}
