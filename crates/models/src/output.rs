//! From logits to probabilities and predictions.

use crate::description::Output;
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, activation};
use emberlab_data::ClassificationBatch;

impl Output {
    /// The probability of each class, `[n, n_classes]`, of logits `[n, n_outputs]`.
    pub fn probabilities<B: Backend>(self, logits: Tensor<B, 2>) -> Tensor<B, 2> {
        match self {
            Self::Softmax => activation::softmax(logits, 1),
            Self::Sigmoid => {
                let one = activation::sigmoid(logits.clone());
                // Not `1 - p`, which rounds to 0 for large logits.
                Tensor::cat(vec![activation::sigmoid(logits.neg()), one], 1)
            }
        }
    }

    /// The number of correct predictions in the batch, as a float `[1]`.
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
