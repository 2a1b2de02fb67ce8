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

use super::{InputGradient, Layer, LayerVisitor, Path, Penalty, TrainingPass, WithBackward};
use crate::description::{Activation, BatchNormOptions, Precision};
use burn::module::{Module, Param, ParamId, RunningState};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use emberlab_data::host::{HostTensor, change, tensor};
use emberlab_kernels::activation::{Function, Gelu, Identity, Relu};
use emberlab_kernels::batch_norm as kernels;

/// Pixels of an image from which on the kernel is used.
const MIN_PIXELS: usize = 4;

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
    /// `x̂`, `[n c, s]`.
    values: Tensor<B, 2>,
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

    /// The kernel for this layer, which is made for images.
    fn kernel(&self, width: usize) -> Option<kernels::BatchNorm> {
        let pixels = width / self.channels;
        let shape = kernels::Shape { channels: self.channels, pixels };
        (pixels >= MIN_PIXELS).then_some(kernels::BatchNorm(shape))
    }

    /// The numbers of a parameter, or those it would have.
    fn numbers(&self, parameter: Option<&Param<Tensor<B, 1>>>, default: f64) -> Vec<f64> {
        let numbers = parameter.and_then(|parameter| HostTensor::of(&parameter.val()));
        numbers.map_or_else(|| vec![default; self.channels], |numbers| wide(numbers.values()))
    }

    /// The normalisation by a mean and `1/σ`.
    fn normalization(&self, mean: Vec<f64>, inverse_std: &[f64]) -> kernels::Normalization {
        let scale = self.numbers(self.weight.as_ref(), 1.0);
        kernels::Normalization {
            centre: mean,
            factor: scale.iter().zip(inverse_std).map(|(scale, inverse_std)| scale * inverse_std).collect(),
            shift: self.numbers(self.bias.as_ref(), 0.0),
        }
    }

    fn forward_on_host(&self, input: &Tensor<B, 2>) -> Option<Tensor<B, 2>> {
        let (kernel, host) = (self.kernel(input.dims()[1])?, HostTensor::of(input)?);
        let [mean, variance] = [&self.running_mean, &self.running_variance]
            .map(|running| HostTensor::of(&running.value_sync()).map(|running| wide(running.values())));
        let normalization = self.normalization(mean?, &inverse_std(&variance?, self.options.epsilon));
        let output = kernel.normalize(host.values(), &normalization, Identity);
        Some(tensor(output, input.dims(), &input.device()))
    }

    /// The derivative of an activation of the normalised batch, in one pass less for each of the two; `None` where no kernel
    /// computes it.
    pub(super) fn differentiate_activated(
        &self,
        input: &Tensor<B, 2>,
        activation: Activation,
    ) -> Option<WithBackward<'static, B>> {
        match activation {
            Activation::Relu => self.differentiate_on_host(input, Relu),
            Activation::Gelu => self.differentiate_on_host(input, Gelu),
            Activation::LeakyRelu | Activation::Tanh | Activation::Sigmoid => None,
        }
    }

    /// The output and the derivative by kernels. Keeps the input.
    pub(super) fn differentiate_on_host<F: Function + Send + 'static>(
        &self,
        input: &Tensor<B, 2>,
        function: F,
    ) -> Option<WithBackward<'static, B>> {
        let (shape @ [n, width], device) = (input.dims(), input.device());
        let (kernel, host) = (self.kernel(width)?, HostTensor::of(input)?);
        let count = n * width / self.channels;
        let row = {
            let device = device.clone();
            move |values: &[f64]| tensor::<B, 2>(narrow(values), [1, values.len()], &device)
        };
        let (mean, variance) = kernel.moments(host.values());
        self.update_running(count, &row(&mean), &row(&variance));
        let inverse_std = inverse_std(&variance, self.options.epsilon);
        let normalization = self.normalization(mean, &inverse_std);
        let output = tensor(kernel.normalize(host.values(), &normalization, function), shape, &device);
        let ids = self.ids();
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, gradients: &mut GradientsParams| {
            let mut means = None;
            let grad = change(grad, |grad| {
                means = Some(kernel.gradient_means(host.values(), grad, &normalization, function));
            });
            let (grad, means) = (grad.ok()?, means?);
            // `x̂` is `(x - μ) / σ`.
            let scaled = |values: &[f64]| -> Vec<f64> {
                values.iter().zip(&inverse_std).map(|(value, inverse_std)| value * inverse_std).collect()
            };
            let mean_product = scaled(&means.product);
            register(ids, count, [row(&means.grad), row(&mean_product)], gradients);
            wanted.when_wanted(|| {
                let slope = scaled(&mean_product);
                change(grad, |grad| {
                    kernel.grad_input(host.values(), grad, &normalization, &means.grad, &slope);
                })
                .ok()
            })?
        };
        Some((output, Box::new(backward)))
    }

    /// Normalises by the mean and variance of the batch and updates the running means.
    fn normalize(&self, input: Tensor<B, 2>) -> Normalized<B> {
        let [n, width] = input.dims();
        let rows = self.rows(input);
        let mean = self.channel_mean(rows.clone());
        let centred = rows - self.repeat(mean.clone(), n);
        let variance = self.channel_mean(centred.clone() * centred.clone());
        self.update_running(n * width / self.channels, &mean, &variance);
        let inverse_std = ((variance + self.options.epsilon).sqrt()).recip();
        let values = centred * self.repeat(inverse_std.clone(), n);
        Normalized { values, inverse_std }
    }

    /// Updates the running means by the mean and variance of a batch, `[1, c]`, of `count` values per channel.
    fn update_running(&self, count: usize, mean: &Tensor<B, 2>, variance: &Tensor<B, 2>) {
        if count > 1 {
            let unbiased = variance.clone().detach() * (count as f64 / (count as f64 - 1.0));
            self.update(&self.running_mean, mean.clone().detach());
            self.update(&self.running_variance, unbiased);
        }
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

    /// The ids of the shift and of the scale.
    fn ids(&self) -> [Option<ParamId>; 2] {
        [&self.bias, &self.weight].map(|parameter| parameter.as_ref().map(|parameter| parameter.id))
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
        if let Some(output) = self.forward_on_host(&input) {
            return output;
        }
        let shape @ [n, _] = input.dims();
        let mean = self.running_mean.value_sync().unsqueeze();
        let std = (self.running_variance.value_sync() + self.options.epsilon).sqrt().unsqueeze();
        let values = (self.rows(input) - self.repeat(mean, n)) / self.repeat(std, n);
        self.scale_and_shift(values, shape)
    }

    fn forward_training(&self, input: Tensor<B, 2>, _pass: &mut TrainingPass) -> Tensor<B, 2> {
        let shape = input.dims();
        self.scale_and_shift(self.normalize(input).values, shape)
    }

    /// Keeps `x̂` and `1/σ`.
    fn differentiate(&self, input: Tensor<B, 2>, _precision: Precision) -> WithBackward<'_, B> {
        if let Some(computed) = self.differentiate_on_host(&input, Identity) {
            return computed;
        }
        let shape @ [n, width] = input.dims();
        let Normalized { values, inverse_std } = self.normalize(input);
        let output = self.scale_and_shift(values.clone(), shape);
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, gradients: &mut GradientsParams| {
            let grad = self.rows(grad);
            let mean = self.channel_mean(grad.clone());
            let mean_product = self.channel_mean(grad.clone() * values.clone());
            register(self.ids(), n * width / self.channels, [mean.clone(), mean_product.clone()], gradients);
            wanted.when_wanted(|| {
                let factor = match &self.weight {
                    Some(weight) => weight.val().unsqueeze() * inverse_std,
                    None => inverse_std,
                };
                let centred = grad - self.repeat(mean, n) - values * self.repeat(mean_product, n);
                (centred * self.repeat(factor, n)).reshape(shape)
            })
        };
        (output, Box::new(backward))
    }
}

/// Registers `∂J/∂β` and `∂J/∂γ` from the means of `g` and `g x̂`, `[1, c]`, over `count` values per channel.
fn register<B: Backend>(
    ids: [Option<ParamId>; 2],
    count: usize,
    means: [Tensor<B, 2>; 2],
    gradients: &mut GradientsParams,
) {
    for (id, mean) in ids.into_iter().zip(means) {
        if let Some(id) = id {
            gradients.register(id, (mean * count as f64).squeeze_dim::<1>(0));
        }
    }
}

/// `1/√(v + ε)` of each variance.
fn inverse_std(variance: &[f64], epsilon: f64) -> Vec<f64> {
    variance.iter().map(|variance| (variance + epsilon).sqrt().recip()).collect()
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().copied().map(f64::from).collect()
}

fn narrow(values: &[f64]) -> Vec<f32> {
    values.iter().map(|&value| value as f32).collect()
}
