//! Random augmentation of training images, drawn anew for each batch.
//!
//! Each image is padded with zeros, cropped at a random offset, and flipped with probability 0.5, as by torchvision's
//! `RandomCrop(size, padding)` and `RandomHorizontalFlip()`. Both only choose the source of each pixel, by row and by
//! column. There are few choices, so tables on the device hold the sources of all of them. A batch then sends two
//! numbers per image to the device and runs one gather per channel.

use crate::augmentation::Augmentation;
use crate::labelled_data::ImageShape;
use crate::random_state::RandomState;
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};

/// The augmentation of one image.
struct Change {
    /// The crop's first row in the padded image.
    row: usize,
    /// The crop's first column in the padded image.
    column: usize,
    flip: bool,
}

/// An [`Augmentation`] for images of one shape, with its tables on a device.
#[derive(Clone, Debug)]
pub struct Augmenter<B: Backend> {
    augmentation: Augmentation,
    channels: usize,
    area: usize,
    /// For each first row of a crop, the offset of each pixel's source row, `[2p + 1, h w]`.
    rows: Sources<B>,
    /// For each first column of a crop, unflipped and then flipped, each pixel's source column, `[2 (2p + 1), h w]`.
    columns: Sources<B>,
}

/// The source of each pixel for each choice.
#[derive(Clone, Debug)]
struct Sources<B: Backend> {
    indices: Tensor<B, 2, Int>,
    /// For crops: 1 where the source lies in the image, 0 where it lies in the padding.
    inside: Option<Tensor<B, 2>>,
}

impl<B: Backend> Augmenter<B> {
    /// Creates the tables on `device`.
    pub fn new(augmentation: Augmentation, shape: ImageShape, device: &B::Device) -> Self {
        let ImageShape { channels, height, width } = shape;
        let padding = augmentation.random_crop;
        let shifted = |place: usize, shift: usize| (place + shift).checked_sub(padding);
        let pixels = || (0..height).flat_map(move |y| (0..width).map(move |x| (y, x)));
        let rows = (0..=2 * padding)
            .flat_map(|shift| pixels().map(move |(y, _)| shifted(y, shift).filter(|&y| y < height)))
            .map(|row| row.map(|y| y * width));
        let mirrors = if augmentation.horizontal_flip { 2 } else { 1 };
        let columns = (0..mirrors)
            .flat_map(|mirror| (0..=2 * padding).map(move |shift| (mirror == 1, shift)))
            .flat_map(|(mirror, shift)| {
                let place = move |x: usize| if mirror { width - 1 - x } else { x };
                pixels().map(move |(_, x)| shifted(place(x), shift).filter(|&x| x < width))
            });
        let area = height * width;
        let sources = |places: Vec<Option<usize>>| Sources::new(&places, area, padding > 0, device);
        Self {
            augmentation,
            channels,
            area,
            rows: sources(rows.collect()),
            columns: sources(columns.collect()),
        }
    }

    /// Augments each image of `[n, channels h w]`. For each image in turn, `horizontal_flip` draws
    /// `random_sample() < 0.5`, then `random_crop` draws `randint(0, 2p + 1)` for the row and again for the column.
    pub fn apply(&self, images: Tensor<B, 2>, random: &mut RandomState) -> Tensor<B, 2> {
        let n = images.dims()[0];
        let changes: Vec<Change> = (0..n).map(|_| self.draw(random)).collect();
        let shifts = 2 * self.augmentation.random_crop + 1;
        let rows = changes.iter().map(|change| change.row);
        let columns = changes.iter().map(|change| change.column + if change.flip { shifts } else { 0 });
        let device = images.device();
        let (row_indices, row_inside) = self.rows.select(rows, &device);
        let (column_indices, column_inside) = self.columns.select(columns, &device);
        let indices = row_indices + column_indices;
        let inside = row_inside.zip(column_inside).map(|(row, column)| row * column);
        let changed = (0..self.channels).map(|channel| {
            let pixels = images.clone().narrow(1, channel * self.area, self.area).gather(1, indices.clone());
            match &inside {
                Some(inside) => pixels * inside.clone(),
                None => pixels,
            }
        });
        Tensor::cat(changed.collect(), 1)
    }

    /// The same augmentation on another device.
    pub(crate) fn to_device(&self, device: &B::Device) -> Self {
        let (rows, columns) = (self.rows.to_device(device), self.columns.to_device(device));
        Self { rows, columns, ..self.clone() }
    }

    fn draw(&self, random: &mut RandomState) -> Change {
        let Augmentation { horizontal_flip, random_crop } = self.augmentation;
        let flip = horizontal_flip && random.random_sample() < 0.5;
        // `below(1)` draws nothing.
        let mut shift = || random.below(2 * random_crop + 1);
        Change { row: shift(), column: shift(), flip }
    }
}

impl<B: Backend> Sources<B> {
    fn new(places: &[Option<usize>], area: usize, cropped: bool, device: &B::Device) -> Self {
        let shape = [places.len() / area.max(1), area];
        let inside = || places.iter().map(|place| f32::from(place.is_some())).collect::<Vec<f32>>();
        let whole: Vec<i64> = places.iter().map(|place| place.unwrap_or(0) as i64).collect();
        Self {
            indices: Tensor::from_data(TensorData::new(whole, shape), device),
            inside: cropped.then(|| Tensor::from_data(TensorData::new(inside(), shape), device)),
        }
    }

    fn to_device(&self, device: &B::Device) -> Self {
        Self {
            indices: self.indices.clone().to_device(device),
            inside: self.inside.clone().map(|inside| inside.to_device(device)),
        }
    }

    fn select(
        &self,
        entries: impl Iterator<Item = usize>,
        device: &B::Device,
    ) -> (Tensor<B, 2, Int>, Option<Tensor<B, 2>>) {
        let entries: Vec<i64> = entries.map(|entry| entry as i64).collect();
        let n = entries.len();
        let entries = Tensor::<B, 1, Int>::from_data(TensorData::new(entries, [n]), device);
        let inside = self.inside.clone().map(|inside| inside.select(0, entries.clone()));
        (self.indices.clone().select(0, entries), inside)
    }
}
