//! Cross-entropy, and its derivative by hand.
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
//! Both are taken from the right-hand side, with the largest exponent `m` subtracted
//! (`ln Σ exp(z) = m + ln Σ exp(z - m)`), so that no finite logit overflows. The lab clips probabilities to
//! `[1e-15, 1 - 1e-15]` instead, with the same results inside this range. The derivative of both is `∂J/∂z = (p - y) / n`: the two right-hand sides differentiate
//! to `exp(z) / Σ exp(z) - y` and `exp(z) / (1 + exp(z)) - y`, element by element.
//!
//! **Label smoothing** by `ε` replaces `y` by `y' = (1 - ε) y + ε / k`, and **class weights** `w` replace it by
//! `t_ic = w_c y'_ic` and `n` by `W = Σ_i w of i's class`, as in PyTorch. With `s_i = Σ_c t_ic`, the right-hand sides become
//! `J = 1/W Σ_i (s_i ln Σ_c exp(z_ic) - Σ_c t_ic z_ic)`, and `∂J/∂z = (s p - t) / W`.

use crate::description::Output;
use crate::graph;
use burn::backend::Flex;
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use emberlab_data::ClassificationBatch;
use emberlab_data::host::{HostTensor, tensor};
use emberlab_kernels::cross_entropy;

/// The loss of a classifier.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    /// The function from logits to probabilities.
    pub output: Output,
    /// `ε`, from 0 to below 1.
    pub label_smoothing: f64,
    /// `w`, above 0, for each class; all 1 without class weights.
    pub class_weights: Option<Vec<f64>>,
}

impl Loss {
    /// Plain cross-entropy.
    pub fn new(output: Output) -> Self {
        Self { output, label_smoothing: 0.0, class_weights: None }
    }

    /// The same loss without label smoothing and class weights.
    pub fn plain(&self) -> Self {
        Self::new(self.output)
    }

    /// `W`, the sum of the class weights over the samples of a batch, `[1]`; none without class weights.
    pub fn total_weight<B: Backend>(&self, batch: &ClassificationBatch<B>) -> Option<Tensor<B, 1>> {
        let weights = self.class_weights.as_ref()?;
        Some((batch.targets.clone() * row(weights, &batch.targets)).sum())
    }

    /// The loss `[1]` of logits `[n, n_outputs]`.
    pub fn value<B: Backend>(&self, logits: Tensor<B, 2>, batch: &ClassificationBatch<B>) -> Tensor<B, 1> {
        if let Some(loss) = self.recorded(&logits, batch) {
            return loss;
        }
        let targets = self.targets(batch);
        targets.value(logits.clone(), self.exponentials(logits))
    }

    /// The loss as one operation of autodiff's graph, where a kernel computes it and its derivative.
    fn recorded<B: Backend>(
        &self,
        logits: &Tensor<B, 2>,
        batch: &ClassificationBatch<B>,
    ) -> Option<Tensor<B, 1>> {
        let logits = graph::tracked(logits)?.clone();
        if !self.has_kernel() {
            return None;
        }
        let targets = graph::tracked(&self.targets(batch).of_logits)?.clone().inner();
        let (loss, gradient) = softmax_on_host(&logits.clone().inner(), &targets)?;
        let backward = move |grad: Tensor<Flex, 1>, _: &[bool]| {
            vec![Some((gradient * grad.unsqueeze()).into_primitive().tensor())]
        };
        graph::untyped(graph::record(vec![graph::node(logits)], loss, backward)?)
    }

    /// The loss `[1]` and, by hand, its derivative with respect to the logits, with the shape of the
    /// logits. The exponentials are computed once for both.
    pub fn value_and_gradient<B: Backend>(
        &self,
        logits: Tensor<B, 2>,
        batch: &ClassificationBatch<B>,
    ) -> (Tensor<B, 1>, Tensor<B, 2>) {
        let targets = self.targets(batch);
        if self.has_kernel()
            && let Some(both) = softmax_on_host(&logits, &targets.of_logits)
        {
            return both;
        }
        let exponentials = self.exponentials(logits.clone());
        let probabilities = exponentials.scaled.clone() / exponentials.total.clone();
        let loss = targets.clone().value(logits, exponentials);
        (loss, targets.gradient(probabilities))
    }

    /// Whether a kernel computes such a loss.
    fn has_kernel(&self) -> bool {
        self.output == Output::Softmax && self.class_weights.is_none()
    }

    fn targets<B: Backend>(&self, batch: &ClassificationBatch<B>) -> Targets<B> {
        let n_classes = batch.targets.dims()[1];
        let mut targets = batch.targets.clone();
        if self.label_smoothing > 0.0 {
            targets = targets * (1.0 - self.label_smoothing) + self.label_smoothing / n_classes as f64;
        }
        let mut weighting = None;
        if let (Some(weights), Some(total)) = (&self.class_weights, self.total_weight(batch)) {
            targets = targets * row(weights, &batch.targets);
            weighting = Some(Weighting { of_sample: targets.clone().sum_dim(1), total });
        }
        if self.output == Output::Sigmoid {
            targets = targets.narrow(1, 1, 1);
        }
        Targets { of_logits: targets, weighting }
    }

    /// The exponentials of each row, divided by the largest one. The sigmoid is the softmax of the logits 0 and z. The
    /// shift by a constant does not change the derivative, so the graph of autodiff leaves it out.
    fn exponentials<B: Backend>(&self, logits: Tensor<B, 2>) -> Exponentials<B> {
        let frozen = logits.clone().detach();
        match self.output {
            Output::Softmax => {
                let largest = frozen.max_dim(1);
                let scaled = (logits - largest.clone()).exp();
                Exponentials { total: scaled.clone().sum_dim(1), scaled, largest }
            }
            Output::Sigmoid => {
                let largest = frozen.clamp_min(0.0);
                let scaled = (logits - largest.clone()).exp();
                Exponentials { total: scaled.clone() + largest.clone().neg().exp(), scaled, largest }
            }
        }
    }
}

/// The loss and its derivative by a kernel, where one can compute them.
fn softmax_on_host<B: Backend>(
    logits: &Tensor<B, 2>,
    targets: &Tensor<B, 2>,
) -> Option<(Tensor<B, 1>, Tensor<B, 2>)> {
    let (host, targets) = (HostTensor::of(logits)?, HostTensor::of(targets)?);
    let shape = logits.dims();
    let (loss, gradient) = cross_entropy::softmax(host.values(), targets.values(), shape[1]);
    let device = logits.device();
    Some((tensor(vec![loss], [1], &device), tensor(gradient, shape, &device)))
}

/// Class weights as a row, `[1, n_classes]`, beside `targets`.
fn row<B: Backend>(weights: &[f64], targets: &Tensor<B, 2>) -> Tensor<B, 2> {
    let data = TensorData::new(weights.to_vec(), [1, weights.len()]);
    Tensor::from_data(data, (&targets.device(), targets.dtype()))
}

/// `exp(z - m)`, its sum over the classes, and `m`.
struct Exponentials<B: Backend> {
    scaled: Tensor<B, 2>,
    total: Tensor<B, 2>,
    largest: Tensor<B, 2>,
}

/// `t`, and the weights of the samples; without class weights each has weight 1.
#[derive(Clone)]
struct Targets<B: Backend> {
    /// `t` of the classes that have a logit, `[n, n_outputs]`.
    of_logits: Tensor<B, 2>,
    weighting: Option<Weighting<B>>,
}

#[derive(Clone)]
struct Weighting<B: Backend> {
    /// `s`, `[n, 1]`.
    of_sample: Tensor<B, 2>,
    /// `W`, `[1]`.
    total: Tensor<B, 1>,
}

impl<B: Backend> Targets<B> {
    fn value(self, logits: Tensor<B, 2>, exponentials: Exponentials<B>) -> Tensor<B, 1> {
        let Exponentials { total, largest, .. } = exponentials;
        match self.weighting {
            // The difference in brackets is small where both of its terms are large.
            None => (total.log() + (largest - (logits * self.of_logits).sum_dim(1))).mean(),
            Some(Weighting { of_sample, total: weight }) => {
                let target_logits = (logits * self.of_logits).sum_dim(1);
                let losses = total.log() * of_sample.clone() + (largest * of_sample - target_logits);
                losses.sum() / weight
            }
        }
    }

    fn gradient(self, probabilities: Tensor<B, 2>) -> Tensor<B, 2> {
        match self.weighting {
            None => {
                let n = probabilities.dims()[0] as f64;
                (probabilities - self.of_logits) / n
            }
            Some(Weighting { of_sample, total }) => {
                (probabilities * of_sample - self.of_logits) / total.unsqueeze()
            }
        }
    }
}
