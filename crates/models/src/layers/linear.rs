//! The linear layer `Z = X Wᵀ + b`, or without `b`.
//!
//! Shapes: `X [n, n_inputs]`, `W [n_outputs, n_inputs]`, `b [n_outputs]`, `Z [n, n_outputs]`.
//!
//! With `G = ∂J/∂Z`, and since `z_ij = Σ_k x_ik w_jk + b_j`:
//!
//! - `∂J/∂w_jk = Σ_i g_ij x_ik`, so `∂J/∂W = Gᵀ X`,
//! - `∂J/∂b_j = Σ_i g_ij`, the sum of `G` over the batch,
//! - `∂J/∂x_ik = Σ_j g_ij w_jk`, so `∂J/∂X = G W`.
//!
//! W is stored as `[n_outputs, n_inputs]`, as in PyTorch and in the lab. The product of its gradient is then as wide as
//! the inputs, which for the narrow output layers of classifiers is several times faster than its transpose.

use super::{InputGradient, Layer, LayerVisitor, Path, Penalty, TrainingPass, WithBackward};
use crate::description::{Precision, Scheme};
use crate::init::Fan;
use crate::tuning::{MIN_OUTPUTS_TO_COPY, MIN_PRODUCT_SIDE};
use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use emberlab_data::RandomState;
use emberlab_data::host::{HostTensor, tensor};
use emberlab_kernels::linear as kernels;

/// A linear layer.
#[derive(Module, Debug)]
pub struct Linear<B: Backend> {
    /// `[n_outputs, n_inputs]`.
    pub weight: Param<Tensor<B, 2>>,
    /// `[n_outputs]`, if the layer has one.
    pub bias: Option<Param<Tensor<B, 1>>>,
}

impl<B: Backend> Linear<B> {
    /// A layer with weights drawn by `scheme`, and with or without a bias.
    pub fn new(
        n_inputs: usize,
        n_outputs: usize,
        bias: bool,
        scheme: Scheme,
        random: &mut RandomState,
        device: &B::Device,
    ) -> Self {
        let values = scheme.draw(Fan::linear(n_inputs, n_outputs), random);
        let weight = TensorData::new(values.weight, [n_outputs, n_inputs]);
        let bias = bias.then(|| TensorData::new(values.bias, [n_outputs]));
        Self {
            weight: Param::from_tensor(Tensor::from_data(weight, device)),
            bias: bias.map(|bias| Param::from_tensor(Tensor::from_data(bias, device))),
        }
    }

    /// The kernel for this layer, where it computes a batch of `n` samples faster than Burn's operations.
    fn kernel(&self, n: usize, precision: Precision) -> Option<kernels::Linear> {
        let [n_outputs, n_inputs] = self.weight.dims();
        let is_made_for = precision == Precision::Full && n.min(n_outputs) >= MIN_PRODUCT_SIDE;
        is_made_for.then_some(kernels::Linear { n_inputs, n_outputs })
    }

    fn apply_on_host(&self, input: &Tensor<B, 2>, precision: Precision) -> Option<Tensor<B, 2>> {
        let (n, kernel) = (input.dims()[0], self.kernel(input.dims()[0], precision)?);
        let (host, weight) = (HostTensor::of(input)?, HostTensor::of(&self.weight.val())?);
        let bias = self.bias.as_ref().and_then(|bias| HostTensor::of(&bias.val()));
        let output = kernel.forward(host.values(), weight.values(), bias.as_ref().map(HostTensor::values));
        Some(tensor(output, [n, kernel.n_outputs], &input.device()))
    }

    /// The output and the derivative by kernels. Keeps the input and the weights.
    pub(super) fn differentiate_on_host(
        &self,
        input: &Tensor<B, 2>,
        precision: Precision,
    ) -> Option<WithBackward<'static, B>> {
        let output = self.apply_on_host(input, precision)?;
        let ([n, _], device) = (input.dims(), input.device());
        let kernel = self.kernel(n, precision)?;
        let (input, weight) = (HostTensor::of(input)?, HostTensor::of(&self.weight.val())?);
        let (weight_id, bias_id) = (self.weight.id, self.bias.as_ref().map(|bias| bias.id));
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, gradients: &mut GradientsParams| {
            let host = HostTensor::of(&grad)?;
            if let Some(id) = bias_id {
                gradients.register(id, sum_of_samples(grad));
            }
            let grad_weight = kernel.grad_weight(input.values(), host.values());
            let shape = [kernel.n_outputs, kernel.n_inputs];
            gradients.register(weight_id, tensor::<B, 2>(grad_weight, shape, &device));
            wanted.when_wanted(|| {
                let grad_input = kernel.grad_input(host.values(), weight.values());
                tensor(grad_input, [n, kernel.n_inputs], &device)
            })
        };
        Some((output, Box::new(backward)))
    }

    /// The output for a lowered input.
    fn apply(&self, input: Tensor<B, 2>, precision: Precision) -> Tensor<B, 2> {
        if let Some(output) = self.apply_on_host(&input, precision) {
            return output;
        }
        let product = self.product(input, precision.lower(self.weight.val()));
        self.with_bias(precision.raise(product))
    }

    fn with_bias(&self, product: Tensor<B, 2>) -> Tensor<B, 2> {
        match &self.bias {
            Some(bias) => product + bias.val().unsqueeze(),
            None => product,
        }
    }

    /// `x Wᵀ`.
    fn product(&self, input: Tensor<B, 2>, weight: Tensor<B, 2>) -> Tensor<B, 2> {
        let ([n, n_inputs], n_outputs) = (input.dims(), weight.dims()[0]);
        // Each way computes the same product. Where one operand is transposed, it is the smaller one.
        match n_outputs {
            _ if n == 1 => weight.matmul(input.reshape([n_inputs, 1])).reshape([1, n_outputs]),
            _ if n_outputs > n => weight.matmul(transposed(input)).transpose(),
            0..MIN_OUTPUTS_TO_COPY => input.matmul(weight.transpose()),
            _ => input.matmul(transposed(weight)),
        }
    }
}

impl<B: Backend> Layer<B> for Linear<B> {
    fn group(&self) -> &'static str {
        "layers"
    }

    fn accept(&self, path: &Path<'_>, visitor: &mut impl LayerVisitor<B>) {
        visitor.parameter(&path.child("weight"), &self.weight, Penalty::Included);
        if let Some(bias) = &self.bias {
            visitor.parameter(&path.child("bias"), bias, Penalty::Excluded);
        }
    }

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        self.apply(input, Precision::Full)
    }

    fn forward_training(&self, input: Tensor<B, 2>, pass: &mut TrainingPass) -> Tensor<B, 2> {
        let precision = pass.precision();
        self.apply(precision.lower(input), precision)
    }

    /// Keeps the input.
    fn differentiate(&self, input: Tensor<B, 2>, precision: Precision) -> WithBackward<'_, B> {
        let input = precision.lower(input);
        if let Some(computed) = self.differentiate_on_host(&input, precision) {
            return computed;
        }
        let output = self.apply(input.clone(), precision);
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, gradients: &mut GradientsParams| {
            if let Some(bias) = &self.bias {
                gradients.register(bias.id, sum_of_samples(grad.clone()));
            }
            let grad = precision.lower(grad);
            let grad_weight = grad.clone().transpose().matmul(input);
            gradients.register(self.weight.id, precision.raise(grad_weight));
            wanted.when_wanted(|| precision.raise(grad.matmul(precision.lower(self.weight.val()))))
        };
        (output, Box::new(backward))
    }
}

/// `∂J/∂b` of `G`.
fn sum_of_samples<B: Backend>(grad: Tensor<B, 2>) -> Tensor<B, 1> {
    grad.sum_dim(0).squeeze_dim(0)
}

/// The transposed matrix, contiguous in memory.
fn transposed<B: Backend>(matrix: Tensor<B, 2>) -> Tensor<B, 2> {
    let [rows, columns] = matrix.dims();
    matrix.transpose().reshape([rows * columns]).reshape([columns, rows])
}
