//! Batch normalisation of each channel (S. Ioffe and C. Szegedy, "Batch Normalization", 2015).
//!
//! A sample has `c` channels of `s` values each; after a linear layer `s = 1`. Over the `m = n s`
//! values of a channel, with mean `μ`, variance `v = 1/m Σ (x - μ)²` and `σ = √(v + ε)`:
//!
//! `x̂ = (x - μ) / σ`, `y = γ x̂ + β`.
//!
//! With `g = ∂J/∂y`:
//!
//! - `∂J/∂β = Σ g` and `∂J/∂γ = Σ g x̂`, over the channel,
//! - since `∂μ/∂x_j = 1/m` and `∂σ/∂x_j = x̂_j / m`,
//!   `∂J/∂x = γ/σ (g - 1/m Σ g - x̂ 1/m Σ g x̂)`.
//!
//! When predicting, `μ` and `v` are running means over the training batches, with PyTorch's momentum
//! of 0.1 and its variance by `m - 1`.
//!
//! A batch is seen as a matrix `[n c, s]`, in which a channel's value is a column that is broadcast
//! over rows: several times faster than broadcasts over four dimensions.

use super::{Backward, InputGradient};
use burn::module::{Module, Param, RunningState};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};

/// Keeps `σ` from 0.
const EPSILON: f64 = 1e-5;
/// The weight of a batch in the running means.
const MOMENTUM: f64 = 0.1;

/// A batch normalisation layer.
#[derive(Module, Debug)]
pub struct BatchNorm<B: Backend> {
    /// `γ`, `[c]`.
    pub weight: Param<Tensor<B, 1>>,
    /// `β`, `[c]`.
    pub bias: Param<Tensor<B, 1>>,
    /// The mean that predictions use, `[c]`.
    pub running_mean: RunningState<Tensor<B, 1>>,
    /// The variance that predictions use, `[c]`.
    pub running_variance: RunningState<Tensor<B, 1>>,
    channels: usize,
}

/// A normalised batch.
struct Normalized<B: Backend> {
    /// `x̂`, `[n c, s]`.
    values: Tensor<B, 2>,
    /// `1/σ`, `[1, c]`.
    inverse_deviation: Tensor<B, 2>,
}

impl<B: Backend> BatchNorm<B> {
    /// A layer for so many channels, with `γ = 1` and `β = 0`.
    pub fn new(channels: usize, device: &B::Device) -> Self {
        Self {
            weight: Param::from_tensor(Tensor::ones([channels], device)),
            bias: Param::from_tensor(Tensor::zeros([channels], device)),
            running_mean: RunningState::new(Tensor::zeros([channels], device)),
            running_variance: RunningState::new(Tensor::ones([channels], device)),
            channels,
        }
    }

    pub(super) fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        let n = input.dims()[0];
        let mean = self.running_mean.value_sync().unsqueeze();
        let deviation = (self.running_variance.value_sync() + EPSILON).sqrt().unsqueeze();
        let values = (self.rows(input.clone()) - self.spread(mean, n)) / self.spread(deviation, n);
        self.scale_and_shift(values, &input)
    }

    pub(super) fn forward_training(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        let normalized = self.normalize(input.clone());
        self.scale_and_shift(normalized.values, &input)
    }

    /// Keeps `x̂` and `1/σ`.
    pub(super) fn differentiate(&self, input: Tensor<B, 2>) -> (Tensor<B, 2>, Backward<'_, B>) {
        let shape = input.dims();
        let Normalized { values, inverse_deviation } = self.normalize(input.clone());
        let output = self.scale_and_shift(values.clone(), &input);
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, gradients: &mut GradientsParams| {
            let [n, width] = shape;
            let per_channel = (n * width / self.channels) as f64;
            let grad = self.rows(grad);
            let mean = self.channel_mean(grad.clone(), n);
            let mean_product = self.channel_mean(grad.clone() * values.clone(), n);
            gradients.register(self.bias.id, (mean.clone() * per_channel).squeeze_dim::<1>(0));
            gradients.register(self.weight.id, (mean_product.clone() * per_channel).squeeze_dim::<1>(0));
            wanted.when_wanted(|| {
                let factor = self.weight.val().unsqueeze() * inverse_deviation;
                let centred = grad - self.spread(mean, n) - values * self.spread(mean_product, n);
                (centred * self.spread(factor, n)).reshape(shape)
            })
        };
        (output, Box::new(backward))
    }

    /// Takes the running means of a layer without a graph that was trained in this one's place.
    pub(crate) fn adopt_running<I: Backend>(&self, trained: &BatchNorm<I>)
    where
        B: AutodiffBackend<InnerBackend = I>,
    {
        self.running_mean.update(Tensor::from_inner(trained.running_mean.value_sync()));
        self.running_variance.update(Tensor::from_inner(trained.running_variance.value_sync()));
    }

    /// Normalises by the batch's own mean and variance and counts them into the running ones.
    fn normalize(&self, input: Tensor<B, 2>) -> Normalized<B> {
        let [n, width] = input.dims();
        let count = (n * width / self.channels) as f64;
        let rows = self.rows(input);
        let mean = self.channel_mean(rows.clone(), n);
        let centred = rows - self.spread(mean.clone(), n);
        let variance = self.channel_mean(centred.clone() * centred.clone(), n);
        let unbiased = variance.clone().detach() * (count / (count - 1.0).max(1.0));
        update(&self.running_mean, mean.detach());
        update(&self.running_variance, unbiased);
        let inverse_deviation = ((variance + EPSILON).sqrt()).recip();
        Normalized { values: centred * self.spread(inverse_deviation.clone(), n), inverse_deviation }
    }

    fn scale_and_shift(&self, values: Tensor<B, 2>, like: &Tensor<B, 2>) -> Tensor<B, 2> {
        let n = like.dims()[0];
        let weight = self.spread(self.weight.val().unsqueeze(), n);
        let bias = self.spread(self.bias.val().unsqueeze(), n);
        (values * weight + bias).reshape(like.dims())
    }

    /// `[n, c s]` as `[n c, s]`.
    fn rows(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        let [n, width] = input.dims();
        input.reshape([n * self.channels, width / self.channels])
    }

    /// The mean of each channel of `[n c, s]`, `[1, c]`.
    fn channel_mean(&self, rows: Tensor<B, 2>, n: usize) -> Tensor<B, 2> {
        rows.mean_dim(1).reshape([n, self.channels]).mean_dim(0)
    }

    /// A value per channel, `[1, c]`, for each row of `[n c, s]`: `[n c, 1]`.
    fn spread(&self, values: Tensor<B, 2>, n: usize) -> Tensor<B, 2> {
        values.expand([n, self.channels]).reshape([n * self.channels, 1])
    }
}

fn update<B: Backend>(running: &RunningState<Tensor<B, 1>>, batch: Tensor<B, 2>) {
    let batch = batch.squeeze_dim::<1>(0);
    running.update(running.value_sync() * (1.0 - MOMENTUM) + batch * MOMENTUM);
}
