//! A network with its output, its loss and its gradient rule, as Burn's learner trains it.

use crate::gradients::GradientRule;
use crate::network::Network;
use crate::output::Output;
use crate::score::{PendingScore, StepScore};
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::train::{InferenceStep, TrainOutput, TrainStep};
use emberlab_data::ClassificationBatch;

/// A classifier of any depth, trained by either gradient rule.
#[derive(Module, Debug)]
pub struct Classifier<B: Backend> {
    network: Network<B>,
    output: Output,
    gradient: GradientRule,
}

impl<B: Backend> Classifier<B> {
    /// A classifier of a network whose last layer fits `output`.
    pub fn new(network: Network<B>, output: Output, gradient: GradientRule) -> Self {
        Self { network, output, gradient }
    }

    /// The network from features to logits.
    pub fn network(&self) -> &Network<B> {
        &self.network
    }

    /// What makes probabilities of the logits.
    pub fn output(&self) -> Output {
        self.output
    }

    /// The logits `[n, n_outputs]` of features `[n, n_features]`.
    pub fn logits(&self, inputs: Tensor<B, 2>) -> Tensor<B, 2> {
        self.network.forward(inputs)
    }

    /// Loss and right predictions of a batch, without gradients.
    pub fn score(&self, batch: &ClassificationBatch<B>) -> PendingScore<B> {
        let logits = self.logits(batch.inputs.clone());
        let correct = self.output.correct(logits.clone(), batch);
        PendingScore::new(self.output.loss(logits, batch), correct, batch.len())
    }
}

impl<B: AutodiffBackend> TrainStep for Classifier<B> {
    type Input = ClassificationBatch<B>;
    type Output = StepScore<B::InnerBackend>;

    fn step(&self, batch: ClassificationBatch<B>) -> TrainOutput<Self::Output> {
        let gradients = self.gradient.gradients(self, batch);
        TrainOutput { grads: gradients.parameters, item: StepScore::Pending(gradients.score) }
    }
}

impl<B: Backend> InferenceStep for Classifier<B> {
    type Input = ClassificationBatch<B>;
    type Output = StepScore<B>;

    fn step(&self, batch: ClassificationBatch<B>) -> Self::Output {
        StepScore::Pending(self.score(&batch))
    }
}
