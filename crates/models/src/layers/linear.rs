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
use crate::tuning::MIN_OUTPUTS_TO_COPY;
use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use emberlab_data::RandomState;

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

    fn apply(&self, input: Tensor<B, 2>, precision: Precision) -> Tensor<B, 2> {
        let product = self.product(precision.lower(input), precision.lower(self.weight.val()));
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
        let [n, n_outputs] = [input.dims()[0], weight.dims()[0]];
        // Each way computes the same product. Where one operand is transposed, it is the smaller one.
        match n_outputs {
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
        self.apply(input, pass.precision())
    }

    /// Keeps the input.
    fn differentiate(&self, input: Tensor<B, 2>, precision: Precision) -> WithBackward<'_, B> {
        let input = precision.lower(input);
        let product = self.product(input.clone(), precision.lower(self.weight.val()));
        let output = self.with_bias(precision.raise(product));
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, gradients: &mut GradientsParams| {
            if let Some(bias) = &self.bias {
                gradients.register(bias.id, grad.clone().sum_dim(0).squeeze_dim::<1>(0));
            }
            let grad = precision.lower(grad);
            let grad_weight = precision.raise(grad.clone().transpose().matmul(input));
            gradients.register(self.weight.id, grad_weight);
            wanted.when_wanted(|| precision.raise(grad.matmul(precision.lower(self.weight.val()))))
        };
        (output, Box::new(backward))
    }
}

/// The transposed matrix, contiguous in memory.
fn transposed<B: Backend>(matrix: Tensor<B, 2>) -> Tensor<B, 2> {
    let [rows, columns] = matrix.dims();
    matrix.transpose().reshape([rows * columns]).reshape([columns, rows])
}
