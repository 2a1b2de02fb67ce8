//! Cutout: squares of images that are set to zero.
//!
//! T. DeVries and G. Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout", 2017. The centre is
//! anywhere in the image, and the square is clipped at the border. Rows and columns of a square are found in two small
//! tables, `[h, h]` and `[w, w]`, whose product is 1 in the square and 0 elsewhere.

use super::sources::index_tensor;
use crate::labelled_data::ImageShape;
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};

/// Squares of one size in images of one shape, with their tables on a device.
#[derive(Clone, Debug)]
pub(super) struct Cutout<B: Backend> {
    channels: usize,
    /// Of rows and of columns.
    sides: [Side<B>; 2],
}

/// The extent of squares along one axis.
#[derive(Clone, Debug)]
struct Side<B: Backend> {
    /// For each centre, 1 at the places in the square and 0 elsewhere, `[length, length]`.
    within: Tensor<B, 2>,
    /// The place of each pixel on the axis, `[h w]`.
    places: Tensor<B, 1, Int>,
}

impl<B: Backend> Cutout<B> {
    /// Squares of `size` pixels a side. The first row is `size / 2`, rounded down, above that of the centre; the same
    /// holds for columns.
    pub fn new(size: usize, shape: ImageShape, device: &B::Device) -> Self {
        let ImageShape { channels, height, width } = shape;
        let pixels = || (0..height).flat_map(|y| (0..width).map(move |x| (y, x)));
        let rows = Side::new(size, height, pixels().map(|(y, _)| y), device);
        let columns = Side::new(size, width, pixels().map(|(_, x)| x), device);
        Self { channels, sides: [rows, columns] }
    }

    /// Sets the square of each image of `[n, channels h w]` to zero. The centres are rows, then columns.
    pub fn apply(&self, images: Tensor<B, 2>, centres: [Vec<usize>; 2]) -> Tensor<B, 2> {
        let device = images.device();
        let [rows, columns] = &self.sides;
        let [row, column] = centres;
        let square = rows.select(row, &device) * columns.select(column, &device);
        let kept = square.neg().add_scalar(1.0);
        images * kept.repeat(&[1, self.channels])
    }

    pub fn to_device(&self, device: &B::Device) -> Self {
        Self { channels: self.channels, sides: self.sides.each_ref().map(|side| side.to_device(device)) }
    }
}

impl<B: Backend> Side<B> {
    fn new(size: usize, length: usize, places: impl Iterator<Item = usize>, device: &B::Device) -> Self {
        let half = size / 2;
        let covers = |centre: usize, place: usize| (centre..centre + size).contains(&(place + half));
        let within = (0..length).flat_map(|centre| (0..length).map(move |place| (centre, place)));
        let within: Vec<f32> = within.map(|(centre, place)| f32::from(covers(centre, place))).collect();
        Self {
            within: Tensor::from_data(TensorData::new(within, [length, length]), device),
            places: index_tensor(places, device),
        }
    }

    /// For each image, 1 at the pixels whose place on this axis is in its square, `[n, h w]`.
    fn select(&self, centres: Vec<usize>, device: &B::Device) -> Tensor<B, 2> {
        let within = self.within.clone().select(0, index_tensor(centres.into_iter(), device));
        within.select(1, self.places.clone())
    }

    fn to_device(&self, device: &B::Device) -> Self {
        Self { within: self.within.clone().to_device(device), places: self.places.clone().to_device(device) }
    }
}
