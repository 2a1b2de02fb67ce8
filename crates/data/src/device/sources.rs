//! Tables of the source of each pixel, on a device.

use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};

/// The source of each pixel for each of a few choices.
#[derive(Clone, Debug)]
pub(super) struct Sources<B: Backend> {
    /// `[choices, h w]`.
    indices: Tensor<B, 2, Int>,
    /// With a border of zeros: 1 where the source lies in the image, 0 where it lies in the border.
    inside: Option<Tensor<B, 2>>,
}

impl<B: Backend> Sources<B> {
    /// The sources of `area` pixels for each choice; `None` is a zero, which only a table with a border of `zeros` has.
    pub fn new(places: &[Option<usize>], area: usize, zeros: bool, device: &B::Device) -> Self {
        let shape = [places.len() / area.max(1), area];
        let inside = || places.iter().map(|place| f32::from(place.is_some())).collect::<Vec<f32>>();
        let whole: Vec<i64> = places.iter().map(|place| place.unwrap_or(0) as i64).collect();
        Self {
            indices: Tensor::from_data(TensorData::new(whole, shape), device),
            inside: zeros.then(|| Tensor::from_data(TensorData::new(inside(), shape), device)),
        }
    }

    pub fn to_device(&self, device: &B::Device) -> Self {
        Self {
            indices: self.indices.clone().to_device(device),
            inside: self.inside.clone().map(|inside| inside.to_device(device)),
        }
    }

    /// The rows of the tables for the choice of each image.
    pub fn select(
        &self,
        choices: impl Iterator<Item = usize>,
        device: &B::Device,
    ) -> (Tensor<B, 2, Int>, Option<Tensor<B, 2>>) {
        let choices = index_tensor(choices, device);
        let inside = self.inside.clone().map(|inside| inside.select(0, choices.clone()));
        (self.indices.clone().select(0, choices), inside)
    }
}

/// Indices as a tensor `[n]`.
pub(super) fn index_tensor<B: Backend>(
    indices: impl Iterator<Item = usize>,
    device: &B::Device,
) -> Tensor<B, 1, Int> {
    let indices: Vec<i64> = indices.map(|index| index as i64).collect();
    let n = indices.len();
    Tensor::from_data(TensorData::new(indices, [n]), device)
}
