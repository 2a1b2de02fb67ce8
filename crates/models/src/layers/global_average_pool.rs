//! Global average pooling: the mean of each channel over all pixels.
//!
//! For the `s` pixels `x₁ … xₛ` of a channel, `out = (x₁ + … + xₛ) / s`; with `g = ∂J/∂out`, `∂J/∂xᵢ = g / s` for each of
//! them. There is no kink.

use super::{InputGradient, Layer, LayerVisitor, Path, TrainingPass, WithBackward};
use crate::description::Precision;
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use emberlab_data::ImageShape;
use std::marker::PhantomData;

/// A global-average-pooling layer, from `[n, channels * height * width]` to `[n, channels]`. It has no parameters.
#[derive(Module, Debug)]
pub struct GlobalAveragePool<B: Backend> {
    channels: usize,
    n_pixels: usize,
    backend: PhantomData<B>,
}

impl<B: Backend> GlobalAveragePool<B> {
    /// A layer for images of one shape.
    pub fn new(image: ImageShape) -> Self {
        Self { channels: image.channels, n_pixels: image.height * image.width, backend: PhantomData }
    }
}

impl<B: Backend> Layer<B> for GlobalAveragePool<B> {
    fn group(&self) -> &'static str {
        "pools"
    }

    fn accept(&self, _path: &Path<'_>, _visitor: &mut impl LayerVisitor<B>) {}

    fn forward(&self, input: Tensor<B, 2>) -> Tensor<B, 2> {
        let [n, _] = input.dims();
        input.reshape([n, self.channels, self.n_pixels]).mean_dim(2).squeeze_dim(2)
    }

    fn forward_training(&self, input: Tensor<B, 2>, _pass: &mut TrainingPass) -> Tensor<B, 2> {
        self.forward(input)
    }

    fn differentiate(&self, input: Tensor<B, 2>, _precision: Precision) -> WithBackward<'_, B> {
        let [n, n_inputs] = input.dims();
        let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, _: &mut _| {
            wanted.when_wanted(|| {
                let share = grad.div_scalar(self.n_pixels as f64).unsqueeze_dim::<3>(2);
                share.expand([n, self.channels, self.n_pixels]).reshape([n, n_inputs])
            })
        };
        (self.forward(input), Box::new(backward))
    }
}
