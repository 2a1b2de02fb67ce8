//! Convolution of images with `c` channels by `c'` filters of `k × k` pixels, `k` odd, at stride 1,
//! with zero padding so that the size stays the same.
//!
//! Shapes: `X [n, c, h, w]`, `W [c', c, k, k]`, `b [c']`, `Z [n, c', h, w]`; with `p = (k - 1) / 2`,
//!
//! `z[i,o,y,x] = b[o] + Σ_{c,u,v} W[o,c,u,v] X[i, c, y + u - p, x + v - p]`.
//!
//! With `G = ∂J/∂Z`:
//!
//! - `∂J/∂b[o] = Σ_{i,y,x} G[i,o,y,x]`,
//! - `∂J/∂W[o,c,u,v] = Σ_{i,y,x} G[i,o,y,x] X[i, c, y + u - p, x + v - p]`,
//! - `∂J/∂X[i,c,y,x] = Σ_{o,u,v} G[i, o, y - u + p, x - v + p] W[o,c,u,v]`: the convolution of `G` by
//!   the filters, rotated by 180° and with input and output channels swapped.
//!
//! (V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", 2016.)

use super::im2col::Im2col;
use super::parts::{in_parallel, independent};
use super::{
    InputGradient, Layer, LayerVisitor, Parts, PartsWithBackward, Path, Penalty, TrainingPass, WithBackward,
};
use crate::description::{Precision, Scheme};
use crate::init::Fan;
use crate::tuning::MAX_UNFOLDED_VALUES;
use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::backend::Backend;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Tensor, TensorData};
use emberlab_data::{ImageShape, RandomState};

/// A convolution layer with a bias.
#[derive(Module, Debug)]
pub struct Convolution<B: Backend> {
    /// `[c', c, k, k]`.
    pub weight: Param<Tensor<B, 4>>,
    /// `[c']`.
    pub bias: Param<Tensor<B, 1>>,
    image: [usize; 3],
}

impl<B: Backend> Convolution<B> {
    /// A layer for images of the shape `image`, with weights drawn by `scheme` as for a linear layer on patches of
    /// `c k²` values.
    pub fn new(
        image: ImageShape,
        n_filters: usize,
        kernel_size: usize,
        scheme: Scheme,
        random: &mut RandomState,
        device: &B::Device,
    ) -> Self {
        let fan = Fan::convolution(image.channels, n_filters, kernel_size * kernel_size);
        let values = scheme.draw(fan, random);
        let shape = [n_filters, image.channels, kernel_size, kernel_size];
        let bias = TensorData::new(values.bias, [n_filters]);
        Self {
            weight: Param::from_tensor(Tensor::from_data(TensorData::new(values.weight, shape), device)),
            bias: Param::from_tensor(Tensor::from_data(bias, device)),
            image: [image.channels, image.height, image.width],
        }
    }

    /// The output for a lowered input.
    fn convolve(&self, input: Tensor<B, 2>, precision: Precision) -> Tensor<B, 2> {
        let weight = precision.lower(self.weight.val());
        let [_, channels, kernel_size, _] = weight.dims();
        match (precision, kernel_size * kernel_size * channels) {
            (Precision::Full, 0..=MAX_UNFOLDED_VALUES) => self.with_bias(self.as_product(input, weight)),
            (Precision::Full, _) => {
                flat(conv2d(self.images(input), weight, Some(self.bias.val()), self.options()))
            }
            // With a product, autodiff would sum the samples' gradients in the lower precision.
            (Precision::Mixed, _) => {
                self.with_bias(precision.raise(conv2d(self.images(input), weight, None, self.options())))
            }
        }
    }

    /// `W X [n, c', h w]` as one matrix product with the unfolded images.
    fn as_product(&self, input: Tensor<B, 2>, weight: Tensor<B, 4>) -> Tensor<B, 3> {
        let [n_filters, channels, kernel_size, _] = weight.dims();
        let im2col = Im2col::new(self.images(input), kernel_size);
        let patches = Tensor::cat((0..kernel_size).map(|row| im2col.under_row(row)).collect(), 1);
        let filters = weight.permute([0, 2, 3, 1]);
        let filters = filters.reshape([1, n_filters, kernel_size * kernel_size * channels]);
        filters.matmul(patches)
    }

    /// Adds the bias, broadcast over the columns of `[n c', h w]`: broadcasts in more dimensions are slow.
    fn with_bias<const D: usize>(&self, output: Tensor<B, D>) -> Tensor<B, 2> {
        let [_, height, width] = self.image;
        let [n, n_filters] = [output.dims()[0], output.dims()[1]];
        let bias = self.bias.val().unsqueeze::<2>().expand([n, n_filters]).reshape([n * n_filters, 1]);
        (output.reshape([n * n_filters, height * width]) + bias).reshape([n, n_filters * height * width])
    }

    /// `∂J/∂W` of `G [n, c', h w]`: for each row of the filters, `Σ_i G[i] P[i]ᵀ` with the patches `P` under the row.
    /// A convolution by `G` computes the same sums several times slower.
    fn grad_weight(&self, input: Tensor<B, 2>, grad: Tensor<B, 3>, precision: Precision) -> Tensor<B, 4> {
        let [n_filters, channels, kernel_size, _] = self.weight.dims();
        let im2col = Im2col::new(self.images(input), kernel_size);
        let products = (0..kernel_size).map(|row| {
            let patches = im2col.under_row(row).swap_dims(1, 2);
            precision.raise(grad.clone().matmul(patches)).sum_dim(0)
        });
        let by_row =
            Tensor::cat(products.collect(), 0).reshape([kernel_size, n_filters, kernel_size, channels]);
        // Contiguous, for the optimizer.
        by_row.permute([1, 3, 0, 2]).reshape([-1]).reshape(self.weight.dims())
    }

    fn images(&self, input: Tensor<B, 2>) -> Tensor<B, 4> {
        let [channels, height, width] = self.image;
        let n = input.dims()[0];
        input.reshape([n, channels, height, width])
    }

    fn options(&self) -> ConvOptions<2> {
        let padding = (self.weight.dims()[2] - 1) / 2;
        ConvOptions::new([1, 1], [padding, padding], [1, 1], 1)
    }
}

impl<B: Backend> Layer<B> for Convolution<B> {
    fn group(&self) -> &'static str {
        "convolutions"
    }

    fn gains_from_parts(&self) -> bool {
        true
    }

    fn accept(&self, path: &Path<'_>, visitor: &mut impl LayerVisitor<B>) {
        visitor.parameter(&path.child("weight"), &self.weight, Penalty::Included);
        visitor.parameter(&path.child("bias"), &self.bias, Penalty::Excluded);
    }

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        self.convolve(input, Precision::Full)
    }

    fn forward_training(&self, input: Tensor<B, 2>, pass: &mut TrainingPass) -> Tensor<B, 2> {
        let precision = pass.precision();
        self.convolve(precision.lower(input), precision)
    }

    /// Keeps the input.
    fn differentiate(&self, input: Tensor<B, 2>, precision: Precision) -> WithBackward<'_, B> {
        let input = precision.lower(input);
        let output = self.convolve(input.clone(), precision);
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, gradients: &mut GradientsParams| {
            let [_, height, width] = self.image;
            let [n, outputs] = grad.dims();
            let n_filters = outputs / (height * width);
            let grad = grad.reshape([n, n_filters, height * width]);
            let grad_bias = grad.clone().reshape([n * n_filters, height * width]).sum_dim(1);
            let grad_bias = grad_bias.reshape([n, n_filters]).sum_dim(0).squeeze_dim::<1>(0);
            let grad = precision.lower(grad);
            gradients.register(self.weight.id, self.grad_weight(input, grad.clone(), precision));
            gradients.register(self.bias.id, grad_bias);
            wanted.when_wanted(|| {
                let rotated = precision.lower(self.weight.val()).flip([2, 3]).swap_dims(0, 1);
                let grad = grad.reshape([n, n_filters, height, width]);
                precision.raise(flat(conv2d(grad, rotated, None, self.options())))
            })
        };
        (output, Box::new(backward))
    }

    fn differentiate_parts(&self, inputs: Parts<B>, precision: Precision) -> PartsWithBackward<'_, B> {
        independent(in_parallel(inputs, |input| self.differentiate(input, precision)))
    }
}

fn flat<B: Backend>(images: Tensor<B, 4>) -> Tensor<B, 2> {
    images.flatten(1, 3)
}
