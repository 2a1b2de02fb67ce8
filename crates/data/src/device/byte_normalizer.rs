//! Normalization of pixels on the device.

use super::host::{HostBytes, HostTensor, tensor};
use crate::labelled_data::Features;
use crate::normalizer::Normalizer;
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};
use emberlab_kernels::pixels::normalize;

/// A [`Normalizer`] of images on a device.
#[derive(Clone, Debug)]
pub(super) struct ByteNormalizer<B: Backend> {
    divisor: f64,
    /// Mean and standard deviation of each value of an image, `[1, n_features]`.
    statistics: Option<[Tensor<B, 2>; 2]>,
}

impl<B: Backend> ByteNormalizer<B> {
    pub fn new(normalizer: &Normalizer, features: &Features, device: &B::Device) -> Self {
        let row = |values: Vec<f64>| {
            let shape = [1, values.len()];
            Tensor::from_data(TensorData::new(values, shape), device)
        };
        let statistics = normalizer.rows(features).map(|(mean, std)| [row(mean), row(std)]);
        Self { divisor: normalizer.divisor(features), statistics }
    }

    /// Normalizes pixels, `[n, n_features]`.
    pub fn apply(&self, pixels: Tensor<B, 2, Int>) -> Tensor<B, 2> {
        self.apply_on_host(&pixels).unwrap_or_else(|| self.apply_to_numbers(pixels.float()))
    }

    /// The same by a kernel, in one pass; `None` where there is none.
    fn apply_on_host(&self, pixels: &Tensor<B, 2, Int>) -> Option<Tensor<B, 2>> {
        let (bytes, shape) = (HostBytes::of(pixels)?, pixels.dims());
        let statistics = match &self.statistics {
            Some(rows) => {
                let [mean, std] = rows.each_ref().map(HostTensor::of);
                Some([mean?, std?])
            }
            None => None,
        };
        let rows = statistics.as_ref().map(|rows| rows.each_ref().map(HostTensor::values));
        Some(tensor(normalize(bytes.values(), shape[1], self.divisor as f32, rows), shape, &pixels.device()))
    }

    /// Normalizes pixels as numbers, `[n, n_features]`.
    pub fn apply_to_numbers(&self, pixels: Tensor<B, 2>) -> Tensor<B, 2> {
        let pixels = if self.divisor == 1.0 { pixels } else { pixels / self.divisor };
        match &self.statistics {
            Some([mean, std]) => (pixels - mean.clone()) / std.clone(),
            None => pixels,
        }
    }

    pub fn to_device(&self, device: &B::Device) -> Self {
        let moved = |row: &Tensor<B, 2>| row.clone().to_device(device);
        let statistics = self.statistics.as_ref().map(|statistics| statistics.each_ref().map(moved));
        Self { divisor: self.divisor, statistics }
    }
}
