//! Convolution of images with `c` channels by `c'` filters of `k × k` pixels, at a stride of `s`, with `p` zeros above and to
//! the left, and maybe others below and to the right.
//!
//! Shapes: `X [n, c, h, w]`, `W [c', c, k, k]`, `b [c']` or none, `Z [n, c', h', w']`;
//!
//! `z[i,o,y,x] = b[o] + Σ_{c,u,v} W[o,c,u,v] X[i, c, s y + u - p, s x + v - p]`.
//!
//! With `G = ∂J/∂Z`:
//!
//! - `∂J/∂b[o] = Σ_{i,y,x} G[i,o,y,x]`,
//! - `∂J/∂W[o,c,u,v] = Σ_{i,y,x} G[i,o,y,x] X[i, c, s y + u - p, s x + v - p]`,
//! - `∂J/∂X[i,c,y,x] = Σ_{o,u,v} G[i, o, (y - u + p) / s, (x - v + p) / s] W[o,c,u,v]` over the positions that are whole
//!   numbers. At a stride of 1 that is the convolution of `G` by the filters, rotated by 180° and with input and output
//!   channels swapped; else it is a transposed convolution.
//!
//! (V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", 2016.)

use super::im2col::Im2col;
use super::{InputGradient, Layer, LayerVisitor, Path, Penalty, TrainingPass, WithBackward};
use crate::description::{Filters, Padding, Precision, Scheme, Window};
use crate::init::draw_filters;
use crate::tuning::MAX_UNFOLDED_VALUES;
use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::backend::Backend;
use burn::tensor::module::{conv_transpose2d, conv2d};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};
use burn::tensor::{Tensor, TensorData};
use emberlab_data::host::{HostTensor, tensor};
use emberlab_data::{ImageShape, RandomState};
use emberlab_kernels::convolution as kernels;

/// A convolution layer.
#[derive(Module, Debug)]
pub struct Convolution<B: Backend> {
    /// `[c', c, k, k]`.
    pub weight: Param<Tensor<B, 4>>,
    /// `[c']`, if the layer has one.
    pub bias: Option<Param<Tensor<B, 1>>>,
    image: [usize; 3],
    window: Window,
    /// `h'` and `w'`.
    positions: [usize; 2],
}

impl<B: Backend> Convolution<B> {
    /// A layer for images of the shape `image`, which has room for the window, with weights drawn by `scheme` as for a linear
    /// layer on patches of `c k²` values, unless the filters begin otherwise.
    pub fn new(
        image: ImageShape,
        filters: Filters,
        scheme: Scheme,
        random: &mut RandomState,
        device: &B::Device,
    ) -> Self {
        let Filters { n_filters, window, bias, init } = filters;
        let values = draw_filters(image.channels, n_filters, window.size, init, scheme, random);
        let shape = [n_filters, image.channels, window.size, window.size];
        let bias = bias.then(|| TensorData::new(values.bias, [n_filters]));
        let (height, width) = window.positions(image).unwrap_or((0, 0));
        Self {
            weight: Param::from_tensor(Tensor::from_data(TensorData::new(values.weight, shape), device)),
            bias: bias.map(|bias| Param::from_tensor(Tensor::from_data(bias, device))),
            image: [image.channels, image.height, image.width],
            window,
            positions: [height, width],
        }
    }

    /// The kernel for this layer, which computes in full precision.
    fn kernel(&self, precision: Precision) -> Option<kernels::Convolution> {
        let Window { size, stride, padding: Padding { before, after } } = self.window;
        let [channels, height, width] = self.image;
        (precision == Precision::Full).then(|| kernels::Convolution {
            channels,
            image: [height, width],
            n_filters: self.weight.dims()[0],
            size,
            stride,
            padding: [before, after],
        })
    }

    fn convolve_on_host(&self, input: &Tensor<B, 2>, precision: Precision) -> Option<Tensor<B, 2>> {
        let kernel = self.kernel(precision)?;
        let (images, weight) = (HostTensor::of(input)?, HostTensor::of(&self.weight.val())?);
        let bias = self.bias.as_ref().and_then(|bias| HostTensor::of(&bias.val()));
        let output = kernel.forward(images.values(), weight.values(), bias.as_ref().map(HostTensor::values));
        Some(tensor(output, [input.dims()[0], kernel.n_filters * self.area()], &input.device()))
    }

    /// The output and the derivative by kernels. Keeps the input and the weights.
    pub(super) fn differentiate_on_host(
        &self,
        input: &Tensor<B, 2>,
        precision: Precision,
    ) -> Option<WithBackward<'static, B>> {
        let (kernel, output) = (self.kernel(precision)?, self.convolve_on_host(input, precision)?);
        let (shape, device) = (input.dims(), input.device());
        let (images, weight) = (HostTensor::of(input)?, HostTensor::of(&self.weight.val())?);
        let (weight_id, bias_id) = (self.weight.id, self.bias.as_ref().map(|bias| bias.id));
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, gradients: &mut GradientsParams| {
            let grad = HostTensor::of(&grad)?;
            if let Some(id) = bias_id {
                let sums = kernel.grad_bias(grad.values());
                gradients.register(id, tensor::<B, 1>(sums, [kernel.n_filters], &device));
            }
            let grad_weight = kernel.grad_weight(images.values(), grad.values());
            let filters = [kernel.n_filters, kernel.channels, kernel.size, kernel.size];
            gradients.register(weight_id, tensor::<B, 4>(grad_weight, filters, &device));
            wanted.when_wanted(|| tensor(kernel.grad_input(grad.values(), weight.values()), shape, &device))
        };
        Some((output, Box::new(backward)))
    }

    /// The output for a lowered input.
    fn convolve(&self, input: Tensor<B, 2>, precision: Precision) -> Tensor<B, 2> {
        if let Some(output) = self.convolve_on_host(&input, precision) {
            return output;
        }
        let weight = precision.lower(self.weight.val());
        let [_, channels, kernel_size, _] = weight.dims();
        match (precision, kernel_size * kernel_size * channels) {
            (Precision::Full, 0..=MAX_UNFOLDED_VALUES) => self.with_bias(self.as_product(input, weight)),
            (Precision::Full, _) => {
                let bias = self.bias.as_ref().map(Param::val);
                flat(self.correlate(input, weight, bias))
            }
            // With a product, autodiff would sum the samples' gradients in the lower precision.
            (Precision::Mixed, _) => self.with_bias(precision.raise(self.correlate(input, weight, None))),
        }
    }

    /// `W X [n, c', h' w']` as one matrix product with the unfolded images.
    fn as_product(&self, input: Tensor<B, 2>, weight: Tensor<B, 4>) -> Tensor<B, 3> {
        let [n_filters, channels, kernel_size, _] = weight.dims();
        let im2col = Im2col::new(self.images(input), self.window, self.positions);
        let patches = Tensor::cat((0..kernel_size).map(|row| im2col.under_row(row)).collect(), 1);
        let filters = weight.permute([0, 2, 3, 1]);
        let filters = filters.reshape([1, n_filters, kernel_size * kernel_size * channels]);
        filters.matmul(patches)
    }

    /// Adds the bias, broadcast over the columns of `[n c', h' w']`: broadcasts in more dimensions are slow.
    fn with_bias<const D: usize>(&self, output: Tensor<B, D>) -> Tensor<B, 2> {
        let area = self.area();
        let [n, n_filters] = [output.dims()[0], output.dims()[1]];
        let Some(bias) = &self.bias else { return output.reshape([n, n_filters * area]) };
        let bias = bias.val().unsqueeze::<2>().expand([n, n_filters]).reshape([n * n_filters, 1]);
        (output.reshape([n * n_filters, area]) + bias).reshape([n, n_filters * area])
    }

    /// Pixels of the output.
    fn area(&self) -> usize {
        self.positions.iter().product()
    }

    /// `∂J/∂b` of `G [n, c' h' w']`.
    fn grad_bias(&self, grad: Tensor<B, 2>) -> Tensor<B, 1> {
        let (n, n_filters) = (grad.dims()[0], self.weight.dims()[0]);
        let sums = grad.reshape([n * n_filters, self.area()]).sum_dim(1);
        sums.reshape([n, n_filters]).sum_dim(0).squeeze_dim::<1>(0)
    }

    /// `∂J/∂W` of `G [n, c', h' w']`: for each row of the filters, `Σ_i G[i] P[i]ᵀ` with the patches `P` under the row.
    /// A convolution by `G` computes the same sums several times slower.
    fn grad_weight(&self, input: Tensor<B, 2>, grad: Tensor<B, 3>, precision: Precision) -> Tensor<B, 4> {
        let [n_filters, channels, kernel_size, _] = self.weight.dims();
        let im2col = Im2col::new(self.images(input), self.window, self.positions);
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

    /// `∂J/∂X` of `G [n, c', h' w']`.
    fn grad_input(&self, grad: Tensor<B, 3>, precision: Precision) -> Tensor<B, 2> {
        let ([n, n_filters, _], [height, width]) = (grad.dims(), self.positions);
        let (grad, weight) =
            (grad.reshape([n, n_filters, height, width]), precision.lower(self.weight.val()));
        let Window { size, stride, padding } = self.window;
        if stride == 1 {
            // The zeros around the images are fewer than the filters have rows and columns.
            let padding = Padding { before: size - 1 - padding.before, after: size - 1 - padding.after };
            let window = Window { padding, ..self.window };
            return precision.raise(flat(correlate(grad, weight.flip([2, 3]).swap_dims(0, 1), None, window)));
        }
        // Burn 0.21 has a kernel that sums in the type of the operands, over all filters and their pixels.
        flat(self.transposed(precision.raise(grad), precision.raise(weight)))
    }

    /// The transposed convolution of `G [n, c', h', w']`, without the zeros around the images.
    fn transposed(&self, grad: Tensor<B, 4>, weight: Tensor<B, 4>) -> Tensor<B, 4> {
        let [_, height, width] = self.image;
        let (weight, Window { size, stride, padding }) = self.as_large_as_the_stride(weight);
        // Pixels at the end that no position of the filters reaches.
        let unreached =
            |side: usize, positions: usize| side + padding.total() - (positions - 1) * stride - size;
        let out = [unreached(height, self.positions[0]), unreached(width, self.positions[1])];
        let options = ConvTransposeOptions::new([stride; 2], [0; 2], out, [1; 2], 1);
        let padded = conv_transpose2d(grad, weight, None, options);
        padded.narrow(2, padding.before, height).narrow(3, padding.before, width)
    }

    fn correlate(
        &self,
        input: Tensor<B, 2>,
        weight: Tensor<B, 4>,
        bias: Option<Tensor<B, 1>>,
    ) -> Tensor<B, 4> {
        let (weight, window) = self.as_large_as_the_stride(weight);
        correlate(self.images(input), weight, bias, window)
    }

    /// The filters with zeros below and to the right, and their window, where they are smaller than their stride: on GPUs the
    /// derivative of such a convolution by its input is 0 in Burn 0.21, whose kernel then sees no position.
    fn as_large_as_the_stride(&self, weight: Tensor<B, 4>) -> (Tensor<B, 4>, Window) {
        let Window { size, stride, padding } = self.window;
        if size >= stride {
            return (weight, self.window);
        }
        let [n_filters, channels, ..] = weight.dims();
        let zeros = Tensor::zeros([n_filters, channels, stride, stride], (&weight.device(), weight.dtype()));
        let padding = Padding { after: padding.after + stride - size, ..padding };
        let weight = zeros.slice_assign([0..n_filters, 0..channels, 0..size, 0..size], weight);
        (weight, Window { size: stride, stride, padding })
    }
}

impl<B: Backend> Layer<B> for Convolution<B> {
    fn group(&self) -> &'static str {
        "convolutions"
    }

    fn accept(&self, path: &Path<'_>, visitor: &mut impl LayerVisitor<B>) {
        visitor.parameter(&path.child("weight"), &self.weight, Penalty::Included);
        if let Some(bias) = &self.bias {
            visitor.parameter(&path.child("bias"), bias, Penalty::Excluded);
        }
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
        if let Some(computed) = self.differentiate_on_host(&input, precision) {
            return computed;
        }
        let output = self.convolve(input.clone(), precision);
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, gradients: &mut GradientsParams| {
            let area = self.area();
            let [n, outputs] = grad.dims();
            let n_filters = outputs / area;
            if let Some(bias) = &self.bias {
                gradients.register(bias.id, self.grad_bias(grad.clone()));
            }
            let grad = precision.lower(grad.reshape([n, n_filters, area]));
            gradients.register(self.weight.id, self.grad_weight(input, grad.clone(), precision));
            wanted.when_wanted(|| self.grad_input(grad, precision))
        };
        (output, Box::new(backward))
    }
}

/// Burn's convolution. It pads with as many zeros on each side; with others Burn 0.21 takes the backend's default type.
fn correlate<B: Backend>(
    images: Tensor<B, 4>,
    weight: Tensor<B, 4>,
    bias: Option<Tensor<B, 1>>,
    window: Window,
) -> Tensor<B, 4> {
    let Window { stride, padding: Padding { before, after }, .. } = window;
    let options = |padding: usize| ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1);
    if before == after {
        return conv2d(images, weight, bias, options(before));
    }
    let [n, channels, height, width] = images.dims();
    let shape = [n, channels, height + before + after, width + before + after];
    let zeros = Tensor::zeros(shape, (&images.device(), images.dtype()));
    let inside = [0..n, 0..channels, before..before + height, before..before + width];
    conv2d(zeros.slice_assign(inside, images), weight, bias, options(0))
}

fn flat<B: Backend>(images: Tensor<B, 4>) -> Tensor<B, 2> {
    images.flatten(1, 3)
}
