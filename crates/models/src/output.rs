//! From logits to probabilities, predictions and the loss.
//!
//! **Softmax**, for `k` classes, with categorical cross-entropy. With logits `z [n, k]`, one-hot
//! targets `y` and `p_ic = exp(z_ic) / Σ_c exp(z_ic)`:
//!
//! `J = -1/n Σ_i Σ_c y_ic ln p_ic = 1/n Σ_i (ln Σ_c exp(z_ic) - Σ_c y_ic z_ic)`.
//!
//! **Sigmoid**, for two classes, with binary cross-entropy. With logits `z [n, 1]`, targets `y` in
//! {0, 1} and `p_i = 1 / (1 + exp(-z_i))`:
//!
//! `J = -1/n Σ_i (y_i ln p_i + (1 - y_i) ln(1 - p_i)) = 1/n Σ_i (ln(1 + exp(z_i)) - y_i z_i)`.
//!
//! Both are taken from the right-hand side, with the largest exponent `m` drawn out of the logarithm
//! (`ln Σ exp(z) = m + ln Σ exp(z - m)`), so that no finite logit overflows: the lab clips
//! probabilities to `[1e-15, 1 - 1e-15]` instead, which makes no difference until a probability gets
//! there. The derivative of both is `∂J/∂z = (p - y) / n`: the two right-hand sides differentiate
//! to `exp(z) / Σ exp(z) - y` and `exp(z) / (1 + exp(z)) - y`, element by element.

use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor};
use emberlab_data::ClassificationBatch;

/// What makes probabilities of logits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// One logit per class.
    Softmax,
    /// One logit for class 1 of two.
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

    /// The mean cross-entropy `[1]` of logits `[n, n_outputs]`.
    pub fn loss<B: Backend>(self, logits: Tensor<B, 2>, batch: &ClassificationBatch<B>) -> Tensor<B, 1> {
        let targets = self.targets(batch);
        let exponentials = self.exponentials(logits.clone());
        let target_logits = (logits * targets).sum_dim(1);
        (exponentials.total.log() + (exponentials.largest - target_logits)).mean()
    }

    /// The loss `[1]` and, by hand, its derivative with respect to the logits, `(p - y) / n` with
    /// the shape of the logits. The exponentials are computed once for both.
    pub fn loss_and_gradient<B: Backend>(
        self,
        logits: Tensor<B, 2>,
        batch: &ClassificationBatch<B>,
    ) -> (Tensor<B, 1>, Tensor<B, 2>) {
        let n = batch.len() as f64;
        let targets = self.targets(batch);
        let Exponentials { scaled, total, largest } = self.exponentials(logits.clone());
        let target_logits = (logits * targets.clone()).sum_dim(1);
        let loss = (total.clone().log() + (largest - target_logits)).mean();
        let gradient = (scaled / total - targets) / n;
        (loss, gradient)
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

    fn targets<B: Backend>(self, batch: &ClassificationBatch<B>) -> Tensor<B, 2> {
        match self {
            Self::Softmax => batch.targets.clone(),
            Self::Sigmoid => batch.targets.clone().narrow(1, 1, 1),
        }
    }

    /// The exponentials of each row divided by that of its largest exponent. The sigmoid is the
    /// softmax of the logits 0 and z. The shift by a constant changes no derivative, so the graph of
    /// autodiff leaves it out.
    fn exponentials<B: Backend>(self, logits: Tensor<B, 2>) -> Exponentials<B> {
        let frozen = logits.clone().detach();
        match self {
            Self::Softmax => {
                let largest = frozen.max_dim(1);
                let scaled = (logits - largest.clone()).exp();
                Exponentials { total: scaled.clone().sum_dim(1), scaled, largest }
            }
            Self::Sigmoid => {
                let largest = frozen.clamp_min(0.0);
                let scaled = (logits - largest.clone()).exp();
                Exponentials { total: scaled.clone() + largest.clone().neg().exp(), scaled, largest }
            }
        }
    }
}

/// `exp(z - m)`, its sum over the classes, and `m`.
struct Exponentials<B: Backend> {
    scaled: Tensor<B, 2>,
    total: Tensor<B, 2>,
    largest: Tensor<B, 2>,
}
