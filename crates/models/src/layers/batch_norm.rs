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
//! The scale `γ` and the shift `β` can be left out: then they are 1 and 0.
//!
//! When predicting, `μ` and `v` are running means over the training batches, with a momentum in PyTorch's sense, the weight
//! of the new batch, and its variance by `m - 1`; a batch with one value per channel, which has no variance, does not
//! update them.
//!
//! A batch is computed as a matrix `[n c, s]`, in which the value of a channel is broadcast over columns: several times
//! faster than broadcasts over four dimensions.

use super::parts::in_parallel;
use super::{InputGradient, Layer, LayerVisitor, Parts, PartsWithBackward, Path, Penalty, TrainingPass};
use crate::description::{BatchNormOptions, Precision};
use burn::module::{Module, Param, RunningState};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// A batch normalisation layer.
#[derive(Module, Debug)]
pub struct BatchNorm<B: Backend> {
    /// `γ`, `[c]`, if the layer has one.
    pub weight: Option<Param<Tensor<B, 1>>>,
    /// `β`, `[c]`, if the layer has one.
    pub bias: Option<Param<Tensor<B, 1>>>,
    /// The mean that predictions use, `[c]`.
    pub running_mean: RunningState<Tensor<B, 1>>,
    /// The variance that predictions use, `[c]`.
    pub running_variance: RunningState<Tensor<B, 1>>,
    channels: usize,
    /// Momentum, `ε`, and the parameters that the layer has.
    pub options: BatchNormOptions,
}

/// A normalised batch.
struct Normalized<B: Backend> {
    /// `x̂`, `[n c, s]`, of each part.
    values: Parts<B>,
    /// `1/σ`, `[1, c]`.
    inverse_std: Tensor<B, 2>,
}

impl<B: Backend> BatchNorm<B> {
    /// A layer for `channels` channels, with `γ = 1` and `β = 0`.
    pub fn new(channels: usize, options: BatchNormOptions, device: &B::Device) -> Self {
        Self {
            weight: options.scale.then(|| Param::from_tensor(Tensor::ones([channels], device))),
            bias: options.shift.then(|| Param::from_tensor(Tensor::zeros([channels], device))),
            running_mean: RunningState::new(Tensor::zeros([channels], device)),
            running_variance: RunningState::new(Tensor::ones([channels], device)),
            channels,
            options,
        }
    }

    /// Normalises by the mean and variance of the batch and updates the running means.
    fn normalize(&self, inputs: Parts<B>) -> Normalized<B> {
        let (n, width) = (inputs.iter().map(|input| input.dims()[0]).sum::<usize>(), inputs[0].dims()[1]);
        let count = (n * width / self.channels) as f64;
        let shares = shares(inputs.iter().map(|input| input.dims()[0]));
        let rows = in_parallel(inputs, |input| {
            let rows = self.rows(input);
            (self.channel_mean(rows.clone()), rows)
        });
        let (means, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let mean = mean_of_all(means, &shares);
        let centred = in_parallel(rows, |rows| {
            let n = rows.dims()[0] / self.channels;
            let centred = rows - self.repeat(mean.clone(), n);
            (self.channel_mean(centred.clone() * centred.clone()), centred)
        });
        let (variances, centred): (Vec<_>, Vec<_>) = centred.into_iter().unzip();
        let variance = mean_of_all(variances, &shares);
        if count > 1.0 {
            let unbiased = variance.clone().detach() * (count / (count - 1.0));
            self.update(&self.running_mean, mean.detach());
            self.update(&self.running_variance, unbiased);
        }
        let inverse_std = ((variance + self.options.epsilon).sqrt()).recip();
        let values = in_parallel(centred, |centred| {
            let n = centred.dims()[0] / self.channels;
            centred * self.repeat(inverse_std.clone(), n)
        });
        Normalized { values, inverse_std }
    }

    /// `[n c, s]` as `[n, c s]`, scaled and shifted.
    fn scale_and_shift(&self, values: Tensor<B, 2>, shape: [usize; 2]) -> Tensor<B, 2> {
        let repeat = |parameter: &Param<Tensor<B, 1>>| self.repeat(parameter.val().unsqueeze(), shape[0]);
        let scaled = match &self.weight {
            Some(weight) => values * repeat(weight),
            None => values,
        };
        let shifted = match &self.bias {
            Some(bias) => scaled + repeat(bias),
            None => scaled,
        };
        shifted.reshape(shape)
    }

    /// `[n, c s]` as `[n c, s]`.
    fn rows(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        let [n, width] = input.dims();
        input.reshape([n * self.channels, width / self.channels])
    }

    /// The mean of each channel of `[n c, s]`, `[1, c]`.
    fn channel_mean(&self, rows: Tensor<B, 2>) -> Tensor<B, 2> {
        let n = rows.dims()[0] / self.channels;
        rows.mean_dim(1).reshape([n, self.channels]).mean_dim(0)
    }

    fn update(&self, running: &RunningState<Tensor<B, 1>>, batch: Tensor<B, 2>) {
        let (batch, momentum) = (batch.squeeze_dim::<1>(0), self.options.momentum);
        running.update(running.value_sync() * (1.0 - momentum) + batch * momentum);
    }

    /// Repeats a value per channel, `[1, c]`, for each row of `[n c, s]`: `[n c, 1]`.
    fn repeat(&self, values: Tensor<B, 2>, n: usize) -> Tensor<B, 2> {
        values.expand([n, self.channels]).reshape([n * self.channels, 1])
    }
}

impl<B: Backend> Layer<B> for BatchNorm<B> {
    fn group(&self) -> &'static str {
        "norms"
    }

    fn gains_from_parts(&self) -> bool {
        true
    }

    fn accept(&self, path: &Path<'_>, visitor: &mut impl LayerVisitor<B>) {
        for (name, parameter, constant) in [("weight", &self.weight, 1.0), ("bias", &self.bias, 0.0)] {
            match parameter {
                Some(parameter) => visitor.parameter(&path.child(name), parameter, Penalty::Excluded),
                // PyTorch's layer has either both or none.
                None if self.weight.is_some() || self.bias.is_some() => {
                    visitor.constant(&path.child(name), self.channels, constant);
                }
                None => {}
            }
        }
        visitor.state(&path.child("running_mean"), &self.running_mean);
        visitor.state(&path.child("running_var"), &self.running_variance);
    }

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        let shape @ [n, _] = input.dims();
        let mean = self.running_mean.value_sync().unsqueeze();
        let std = (self.running_variance.value_sync() + self.options.epsilon).sqrt().unsqueeze();
        let values = (self.rows(input) - self.repeat(mean, n)) / self.repeat(std, n);
        self.scale_and_shift(values, shape)
    }

    fn forward_training(&self, input: Tensor<B, 2>, _pass: &mut TrainingPass) -> Tensor<B, 2> {
        let shape = input.dims();
        let mut normalized = self.normalize(vec![input]);
        self.scale_and_shift(normalized.values.swap_remove(0), shape)
    }

    /// Keeps `x̂` and `1/σ`. Means are taken over all parts.
    fn differentiate_parts(&self, inputs: Parts<B>, _precision: Precision) -> PartsWithBackward<'_, B> {
        let width = inputs[0].dims()[1];
        let shape = move |values: &Tensor<B, 2>| [values.dims()[0] * values.dims()[1] / width, width];
        let Normalized { values, inverse_std } = self.normalize(inputs);
        let outputs = in_parallel(values.clone(), |values| {
            let shape = shape(&values);
            self.scale_and_shift(values, shape)
        });
        let backward = move |grads: Parts<B>, wanted: InputGradient, gradients: &mut [GradientsParams]| {
            let n: usize = grads.iter().map(|grad| grad.dims()[0]).sum();
            let per_channel = (n * width / self.channels) as f64;
            let grads = in_parallel(grads.into_iter().zip(values).collect(), |(grad, values)| {
                let grad = self.rows(grad);
                let mean = self.channel_mean(grad.clone());
                let mean_product = self.channel_mean(grad.clone() * values.clone());
                ([mean, mean_product], (grad, values))
            });
            let (means, grads): (Vec<_>, Vec<_>) = grads.into_iter().unzip();
            let samples = |(_, values): &(_, Tensor<B, 2>)| shape(values)[0];
            let shares = shares(grads.iter().map(samples));
            let (means, mean_products) = means.into_iter().map(|[mean, product]| (mean, product)).unzip();
            let (mean, mean_product) = (mean_of_all(means, &shares), mean_of_all(mean_products, &shares));
            // The sums over all parts, as the gradients of the first.
            let parameters = &mut gradients[0];
            for (parameter, mean) in [(&self.bias, &mean), (&self.weight, &mean_product)] {
                if let Some(parameter) = parameter {
                    parameters.register(parameter.id, (mean.clone() * per_channel).squeeze_dim::<1>(0));
                }
            }
            wanted.when_wanted(|| {
                let factor = match &self.weight {
                    Some(weight) => weight.val().unsqueeze() * inverse_std,
                    None => inverse_std,
                };
                in_parallel(grads, |(grad, values)| {
                    let shape = shape(&values);
                    let repeat = |values: &Tensor<B, 2>| self.repeat(values.clone(), shape[0]);
                    let centred = grad - repeat(&mean) - values * repeat(&mean_product);
                    (centred * repeat(&factor)).reshape(shape)
                })
            })
        };
        (outputs, Box::new(backward))
    }
}

/// The share of the samples that is in each part.
fn shares(samples: impl Iterator<Item = usize>) -> Vec<f64> {
    let samples: Vec<usize> = samples.collect();
    let all = samples.iter().sum::<usize>() as f64;
    samples.into_iter().map(|samples| samples as f64 / all).collect()
}

/// The mean over all parts, from the mean over each.
fn mean_of_all<B: Backend>(mut means: Vec<Tensor<B, 2>>, shares: &[f64]) -> Tensor<B, 2> {
    if means.len() == 1 {
        return means.swap_remove(0);
    }
    let weighted = means.into_iter().zip(shares).map(|(mean, share)| mean * *share);
    Tensor::cat(weighted.collect(), 0).sum_dim(0)
}
