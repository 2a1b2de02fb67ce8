//! A network with its loss and its gradient rule, as Burn's learner trains it.

use crate::description::{GradientRule, Output, Precision};
use crate::loss::Loss;
use crate::metrics::{MetricName, PendingScore, StepScore};
use crate::network::Network;
use crate::pattern::Pattern;
use burn::module::{AutodiffModule, Module};
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::train::InferenceStep;
use emberlab_data::ClassificationBatch;
use std::sync::Arc;

/// A classifier of any depth, trained by either gradient rule.
#[derive(Module, Debug)]
pub struct Classifier<B: Backend> {
    network: Network<B>,
    objective: Scoring,
    gradient: GradientRule,
    precision: Precision,
}

/// The objective, and the metrics of a score, in order. They share a field because records have a key for each field of a
/// classifier.
#[derive(Clone, Debug)]
struct Scoring {
    objective: Objective,
    metrics: Arc<[MetricName]>,
}

impl Scoring {
    /// The sums of each metric over a batch with the logits `[n, n_outputs]`.
    fn sums<B: Backend>(
        &self,
        logits: Tensor<B, 2>,
        batch: &ClassificationBatch<B>,
    ) -> impl Iterator<Item = (MetricName, Tensor<B, 1>)> {
        let output = self.objective.loss.output;
        let logits = std::iter::repeat_n(logits, self.metrics.len());
        self.metrics
            .iter()
            .zip(logits)
            .map(move |(&metric, logits)| (metric, metric.sums(output, logits, batch)))
    }
}

/// The objective of training: the loss, plus `l1 Σ |w|` over the weights without biases and batch norm. The recorded
/// training loss is the first term, with its label smoothing and class weights; [`Classifier::score`] is the plain
/// cross-entropy.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// Cross-entropy.
    pub loss: Loss,
    /// Coefficient of the L1 penalty, from 0.
    pub l1: f64,
}

impl Objective {
    /// A loss without a penalty.
    pub fn new(loss: Loss) -> Self {
        Self { loss, l1: 0.0 }
    }
}

impl<B: Backend> Classifier<B> {
    /// A classifier of a network whose last layer fits the loss, trained in full precision.
    pub fn new(network: Network<B>, objective: Objective, gradient: GradientRule) -> Self {
        let objective = Scoring { objective, metrics: Arc::new([MetricName::Accuracy]) };
        Self { network, objective, gradient, precision: Precision::Full }
    }

    /// The same classifier, trained in another precision.
    pub fn with_precision(self, precision: Precision) -> Self {
        Self { precision, ..self }
    }

    /// The same classifier, whose scores have these metrics besides the loss; the accuracy by default.
    pub fn with_metrics(self, metrics: &[MetricName]) -> Self {
        Self { objective: Scoring { metrics: metrics.into(), ..self.objective }, ..self }
    }

    /// The network from features to logits.
    pub fn network(&self) -> &Network<B> {
        &self.network
    }

    /// The objective of training.
    pub fn objective(&self) -> &Objective {
        &self.objective.objective
    }

    /// How gradients are computed.
    pub fn gradient_rule(&self) -> GradientRule {
        self.gradient
    }

    /// The number format of products while training.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Cross-entropy.
    pub fn loss(&self) -> &Loss {
        &self.objective().loss
    }

    /// The function from logits to probabilities.
    pub fn output(&self) -> Output {
        self.objective().loss.output
    }

    /// The logits `[n, n_outputs]` of features `[n, n_features]`.
    pub fn logits(&self, inputs: Tensor<B, 2>) -> Tensor<B, 2> {
        self.network.forward(inputs)
    }

    /// The objective `[1]` of a training batch, and the activation pattern of the batch: between two points with equal
    /// patterns the objective has no kink.
    pub fn training_objective(&self, batch: &ClassificationBatch<B>) -> (Tensor<B, 1>, Pattern) {
        let (logits, mut pattern) = self.network.forward_with_pattern(batch.inputs.clone(), self.precision);
        if self.objective().l1 != 0.0 {
            self.network.record_signs(&mut pattern);
        }
        (self.penalized(self.loss().value(logits, batch)), pattern)
    }

    /// The loss `[1]` plus the L1 penalty.
    pub(crate) fn penalized(&self, loss: Tensor<B, 1>) -> Tensor<B, 1> {
        if self.objective().l1 == 0.0 {
            return loss;
        }
        match self.network.sum_of_magnitudes() {
            Some(sum) => loss + sum * self.objective().l1,
            None => loss,
        }
    }

    /// The score of logits `[n, n_outputs]` with the plain cross-entropy, without label smoothing and class weights. It is
    /// comparable between classifiers that were trained with different losses.
    pub fn score(&self, logits: Tensor<B, 2>, batch: &ClassificationBatch<B>) -> PendingScore<B> {
        let loss = self.loss().plain().value(logits.clone(), batch);
        PendingScore::new(loss, None, self.objective.sums(logits, batch), batch.len())
    }
}

impl<B: AutodiffBackend> Classifier<B> {
    /// A copy that shares nothing that changes but the generator of dropout. Clones also share the running means of batch
    /// norm, which a record, a mapper or another device given to one of them changes for all.
    pub fn separate_copy(&self) -> Self {
        Self::from_inner(self.valid())
    }

    /// The score of a training step, from its loss `[1]` and logits.
    pub(crate) fn valid_score(
        &self,
        loss: Tensor<B::InnerBackend, 1>,
        logits: Tensor<B::InnerBackend, 2>,
        batch: &ClassificationBatch<B::InnerBackend>,
    ) -> PendingScore<B::InnerBackend> {
        let class_weight = self.loss().total_weight(batch);
        PendingScore::new(loss, class_weight, self.objective.sums(logits, batch), batch.len())
    }
}

impl<B: Backend> InferenceStep for Classifier<B> {
    type Input = ClassificationBatch<B>;
    type Output = StepScore<B>;

    fn step(&self, batch: ClassificationBatch<B>) -> Self::Output {
        StepScore::Pending(self.score(self.logits(batch.inputs.clone()), &batch))
    }
}
