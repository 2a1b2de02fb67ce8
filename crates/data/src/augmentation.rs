//! Random changes of training images, drawn anew for each batch.
//!
//! Each image is cut from a larger one, itself with a border of zeros, at a random place, and then
//! mirrored or not, as by torchvision's `RandomCrop(size, padding)` and `RandomHorizontalFlip()`.
//! Either is a choice of the pixel that each pixel is taken from, by row and by column, of which there
//! are few; they stand in tables on the device, so that a batch takes two numbers per image there and
//! one gather per channel.

use crate::labelled_data::ImageShape;
use crate::random_state::RandomState;
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};

/// What is done to images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Augmentation {
    /// Whether half of the images are mirrored left to right.
    pub horizontal_flip: bool,
    /// The width in pixels of the border that crops may reach into; 0 for no crops.
    pub random_crop: usize,
}

impl Augmentation {
    /// Whether nothing is done.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// The change of one image.
struct Change {
    /// Rows that the crop begins below the border's upper edge.
    row: usize,
    /// Columns that it begins right of the border's left edge.
    column: usize,
    flip: bool,
}

/// An [`Augmentation`] for images of one shape, its tables on a device.
#[derive(Clone, Debug)]
pub struct Augmenter<B: Backend> {
    augmentation: Augmentation,
    channels: usize,
    area: usize,
    /// For each row of the crop, where each pixel's row begins, `[2p + 1, h w]`.
    rows: Table<B>,
    /// For each column of the crop, as it is and then mirrored, each pixel's column, `[2 (2p + 1), h w]`.
    columns: Table<B>,
}

/// Places, and for crops whether they lie in the image, as 1 or 0.
#[derive(Clone, Debug)]
struct Table<B: Backend> {
    places: Tensor<B, 2, Int>,
    inside: Option<Tensor<B, 2>>,
}

impl<B: Backend> Augmenter<B> {
    /// Puts the tables on `device`.
    pub fn new(augmentation: Augmentation, shape: ImageShape, device: &B::Device) -> Self {
        let ImageShape { channels, height, width } = shape;
        let border = augmentation.random_crop;
        let shifted = |place: usize, shift: usize| (place + shift).checked_sub(border);
        let pixels = || (0..height).flat_map(move |y| (0..width).map(move |x| (y, x)));
        let rows = (0..=2 * border)
            .flat_map(|shift| pixels().map(move |(y, _)| shifted(y, shift).filter(|&y| y < height)))
            .map(|row| row.map(|y| y * width));
        let mirrors = if augmentation.horizontal_flip { 2 } else { 1 };
        let columns = (0..mirrors)
            .flat_map(|mirror| (0..=2 * border).map(move |shift| (mirror == 1, shift)))
            .flat_map(|(mirror, shift)| {
                let place = move |x: usize| if mirror { width - 1 - x } else { x };
                pixels().map(move |(_, x)| shifted(place(x), shift).filter(|&x| x < width))
            });
        let area = height * width;
        let table = |places: Vec<Option<usize>>| Table::new(&places, area, border > 0, device);
        Self { augmentation, channels, area, rows: table(rows.collect()), columns: table(columns.collect()) }
    }

    /// Changes each image of `[n, channels h w]`. Of each in turn, `horizontal_flip` draws
    /// `random_sample() < 0.5` and `random_crop` then `randint(0, 2p + 1)` for the row and again for the
    /// column.
    pub fn apply(&self, images: Tensor<B, 2>, random: &mut RandomState) -> Tensor<B, 2> {
        let n = images.dims()[0];
        let changes: Vec<Change> = (0..n).map(|_| self.draw(random)).collect();
        let shifts = 2 * self.augmentation.random_crop + 1;
        let rows = changes.iter().map(|change| change.row);
        let columns = changes.iter().map(|change| change.column + if change.flip { shifts } else { 0 });
        let device = images.device();
        let (row_places, row_inside) = self.rows.select(rows, &device);
        let (column_places, column_inside) = self.columns.select(columns, &device);
        let places = row_places + column_places;
        let inside = row_inside.zip(column_inside).map(|(row, column)| row * column);
        let changed = (0..self.channels).map(|channel| {
            let pixels = images.clone().narrow(1, channel * self.area, self.area).gather(1, places.clone());
            match &inside {
                Some(inside) => pixels * inside.clone(),
                None => pixels,
            }
        });
        Tensor::cat(changed.collect(), 1)
    }

    /// The same changes on another device.
    pub(crate) fn to_device(&self, device: &B::Device) -> Self {
        let (rows, columns) = (self.rows.to_device(device), self.columns.to_device(device));
        Self { rows, columns, ..self.clone() }
    }

    fn draw(&self, random: &mut RandomState) -> Change {
        let Augmentation { horizontal_flip, random_crop } = self.augmentation;
        let flip = horizontal_flip && random.random_sample() < 0.5;
        // A range of one value draws nothing.
        let mut shift = || random.below(2 * random_crop + 1);
        Change { row: shift(), column: shift(), flip }
    }
}

impl<B: Backend> Table<B> {
    fn new(places: &[Option<usize>], area: usize, cropped: bool, device: &B::Device) -> Self {
        let shape = [places.len() / area.max(1), area];
        let inside = || places.iter().map(|place| f32::from(place.is_some())).collect::<Vec<f32>>();
        let whole: Vec<i64> = places.iter().map(|place| place.unwrap_or(0) as i64).collect();
        Self {
            places: Tensor::from_data(TensorData::new(whole, shape), device),
            inside: cropped.then(|| Tensor::from_data(TensorData::new(inside(), shape), device)),
        }
    }

    fn to_device(&self, device: &B::Device) -> Self {
        Self {
            places: self.places.clone().to_device(device),
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
        (self.places.clone().select(0, entries), inside)
    }
}
