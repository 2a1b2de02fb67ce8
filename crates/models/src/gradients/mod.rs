//! The two gradient rules: each computes the score of a batch and the gradient of every parameter.

mod autodiff;
mod manual;

pub use manual::manual_gradients;

use crate::classifier::Classifier;
use crate::description::GradientRule;
use crate::metrics::{PendingScore, StepScore};
use burn::optim::GradientsParams;
use burn::tensor::backend::AutodiffBackend;
use burn::train::{TrainOutput, TrainStep};
use emberlab_data::ClassificationBatch;

/// The score of a batch before the update, and the gradients of the objective.
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

impl<B: AutodiffBackend> TrainStep for Classifier<B> {
    type Input = ClassificationBatch<B>;
    type Output = StepScore<B::InnerBackend>;

    fn step(&self, batch: ClassificationBatch<B>) -> TrainOutput<Self::Output> {
        let gradients = self.gradient_rule().gradients(self, batch);
        TrainOutput { grads: gradients.parameters, item: StepScore::Pending(gradients.score) }
    }
}
