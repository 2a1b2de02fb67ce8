//! From logits to probabilities and predictions.

use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, activation};
use emberlab_data::ClassificationBatch;

/// What makes probabilities of logits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// One logit per class: `p_c = exp(z_c) / Σ exp(z_c)`.
    Softmax,
    /// One logit for class 1 of two: `p = 1 / (1 + exp(-z))`.
    Sigmoid,
}

impl Output {
    /// Columns of the logits for so many classes.
    pub fn n_outputs(self, n_classes: usize) -> usize {
        match self {
            Self::Softmax => n_classes,
            Self::Sigmoid => 1,
        }
    }

    /// The probability of each class, `[n, n_classes]`, of logits `[n, n_outputs]`.
    pub fn probabilities<B: Backend>(self, logits: Tensor<B, 2>) -> Tensor<B, 2> {
        match self {
            Self::Softmax => activation::softmax(logits, 1),
            Self::Sigmoid => {
                let one = activation::sigmoid(logits.clone());
                // 1 - p of a large logit would be 0 where this is small.
                Tensor::cat(vec![activation::sigmoid(logits.neg()), one], 1)
            }
        }
    }

    /// How many of the batch's samples are predicted right, as a float `[1]`.
    pub fn correct<B: Backend>(self, logits: Tensor<B, 2>, batch: &ClassificationBatch<B>) -> Tensor<B, 1> {
        let hits = self.predictions(logits).equal(batch.labels.clone());
        hits.float().sum()
    }

    /// The predicted class of each sample, `[n]`: the largest logit, or class 1 where the sigmoid is
    /// at least a half.
    pub fn predictions<B: Backend>(self, logits: Tensor<B, 2>) -> Tensor<B, 1, Int> {
        match self {
            Self::Softmax => logits.argmax(1).squeeze_dim(1),
            Self::Sigmoid => logits.greater_equal_elem(0.0).int().squeeze_dim(1),
        }
    }
}
