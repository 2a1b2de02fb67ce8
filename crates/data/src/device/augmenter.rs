//! Random augmentation of training images, drawn anew for each batch.
//!
//! Each image is padded with a border, cut out of it at a random place, and mirrored, as by torchvision's
//! `RandomCrop(size, padding)` and `RandomHorizontalFlip()`. Both only choose the source of each pixel, by row and by
//! column. There are few choices, so tables on the device hold the sources of all of them. A batch then sends two
//! numbers per image to the device and runs one gather per channel. A random square of the normalized image is then set to
//! zero (`cutout.rs`).

use super::cutout::Cutout;
use super::host::{self, HostBytes};
use super::sources::Sources;
use crate::augmentation::{Augmentation, Border, Mirror};
use crate::labelled_data::ImageShape;
use crate::random_state::RandomState;
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor};
use rayon::prelude::*;

/// The augmentation of one image.
pub(super) struct Change {
    mirrored: bool,
    /// The first row and column that are cut out of the padded image.
    corner: [usize; 2],
    /// The row and the column of the centre of the square that is set to zero.
    centre: [usize; 2],
}

/// An [`Augmentation`] for images of one shape, with its tables on a device.
#[derive(Clone, Debug)]
pub struct Augmenter<B: Backend> {
    augmentation: Augmentation,
    shape: ImageShape,
    /// The tables of mirror images and translations; `None` where there are neither.
    moves: Option<Moves<B>>,
    cutout: Option<Cutout<B>>,
}

/// The sources of pixels for each translation by up to `p` pixels.
#[derive(Clone, Debug)]
struct Moves<B: Backend> {
    /// For each first row, the offset of each pixel's source row, `[2p + 1, h w]`.
    rows: Sources<B>,
    /// For each first column, of images and then of mirror images, each pixel's source column, `[2 (2p + 1), h w]`.
    columns: Sources<B>,
}

impl<B: Backend> Augmenter<B> {
    /// Creates the tables on `device`.
    pub fn new(augmentation: Augmentation, shape: ImageShape, device: &B::Device) -> Self {
        let Augmentation { mirror, translate, cutout, .. } = augmentation;
        let moves = mirror != Mirror::None || translate > 0;
        Self {
            augmentation,
            shape,
            moves: moves.then(|| Moves::new(augmentation, shape, device)),
            cutout: (cutout > 0).then(|| Cutout::new(cutout, shape, device)),
        }
    }

    /// Whether the mirror images are those of alternating epochs and not drawn with the other changes.
    pub(super) fn alternates(&self) -> bool {
        self.augmentation.mirror == Mirror::Alternating
    }

    /// Draws the change of each of `n` images. For each image in turn, [`Mirror::Random`] draws `random_sample() < 0.5`,
    /// then `translate = p` draws `randint(0, 2p + 1)` for the row and again for the column, then `cutout` draws
    /// `randint(0, height)` for the row of the square's centre and `randint(0, width)` for its column.
    ///
    /// `alternated` says whether an image is mirrored where that is not drawn.
    pub(super) fn draw(
        &self,
        n: usize,
        alternated: impl Fn(usize) -> bool,
        random: &mut RandomState,
    ) -> Vec<Change> {
        let Augmentation { mirror, translate, cutout, .. } = self.augmentation;
        // `below(1)` draws nothing.
        let shifts = 2 * translate + 1;
        let [height, width] = if cutout > 0 { [self.shape.height, self.shape.width] } else { [1, 1] };
        let changes = (0..n).map(|index| Change {
            mirrored: match mirror {
                Mirror::None => false,
                Mirror::Random => random.random_sample() < 0.5,
                Mirror::Alternating => alternated(index),
            },
            corner: [random.below(shifts), random.below(shifts)],
            centre: [random.below(height), random.below(width)],
        });
        changes.collect()
    }

    /// Mirrors and translates images of bytes, `[n, channels h w]`, row by row; `None` where they are not in the CPU's memory.
    pub(super) fn move_on_host(
        &self,
        images: &Tensor<B, 2, Int>,
        changes: &[Change],
    ) -> Option<Tensor<B, 2, Int>> {
        let bytes = HostBytes::of(images)?;
        if self.moves.is_none() {
            return Some(images.clone());
        }
        let mut moved = vec![0; bytes.values().len()];
        let size = self.shape.size().max(1);
        let images_with_changes =
            moved.par_chunks_exact_mut(size).zip(bytes.values().par_chunks_exact(size)).zip(changes);
        images_with_changes.for_each(|((moved, image), change)| self.move_image(image, moved, change));
        Some(host::bytes(moved, images.dims(), &images.device()))
    }

    /// Writes the pixels of an image to their new places. Those without a source stay 0.
    fn move_image(&self, image: &[u8], moved: &mut [u8], change: &Change) {
        let Augmentation { translate, border, .. } = self.augmentation;
        let ImageShape { height, width, .. } = self.shape;
        let source =
            |place: usize, corner: usize, side: usize| border.source(place + corner, translate, side);
        let column = |x: usize| if change.mirrored { width - 1 - x } else { x };
        let columns: Vec<Option<usize>> =
            (0..width).map(|x| source(column(x), change.corner[1], width)).collect();
        let planes = moved.chunks_exact_mut(height * width).zip(image.chunks_exact(height * width));
        for (moved, plane) in planes {
            for (y, moved) in moved.chunks_exact_mut(width).enumerate() {
                let Some(row) = source(y, change.corner[0], height) else { continue };
                let row = &plane[row * width..][..width];
                for (pixel, column) in moved.iter_mut().zip(&columns) {
                    *pixel = column.map_or(0, |column| row[column]);
                }
            }
        }
    }

    /// Mirrors and translates the images of `[n, channels h w]`.
    pub(super) fn move_pixels(&self, images: Tensor<B, 2>, changes: &[Change]) -> Tensor<B, 2> {
        match &self.moves {
            Some(moves) => moves.apply(images, self.augmentation.translate, self.shape, changes),
            None => images,
        }
    }

    /// Sets the square of each image of `[n, channels h w]` to zero.
    pub(super) fn cut_out(&self, images: Tensor<B, 2>, changes: &[Change]) -> Tensor<B, 2> {
        match &self.cutout {
            Some(cutout) => {
                let centres = [0, 1].map(|axis| changes.iter().map(|change| change.centre[axis]).collect());
                cutout.apply(images, centres)
            }
            None => images,
        }
    }

    /// The same augmentation on another device.
    pub(super) fn to_device(&self, device: &B::Device) -> Self {
        Self {
            moves: self.moves.as_ref().map(|moves| moves.to_device(device)),
            cutout: self.cutout.as_ref().map(|cutout| cutout.to_device(device)),
            ..*self
        }
    }
}

impl<B: Backend> Moves<B> {
    fn new(augmentation: Augmentation, shape: ImageShape, device: &B::Device) -> Self {
        let Augmentation { mirror, translate, border, .. } = augmentation;
        let ImageShape { height, width, .. } = shape;
        let pixels = || (0..height).flat_map(move |y| (0..width).map(move |x| (y, x)));
        let rows = (0..=2 * translate)
            .flat_map(|shift| pixels().map(move |(y, _)| border.source(y + shift, translate, height)))
            .map(|row| row.map(|y| y * width));
        let mirrors = if mirror == Mirror::None { 1 } else { 2 };
        let columns = (0..mirrors)
            .flat_map(|mirror| (0..=2 * translate).map(move |shift| (mirror == 1, shift)))
            .flat_map(|(mirror, shift)| {
                let place = move |x: usize| if mirror { width - 1 - x } else { x };
                pixels().map(move |(_, x)| border.source(place(x) + shift, translate, width))
            });
        let zeros = translate > 0 && border == Border::Zeros;
        let sources = |places: Vec<Option<usize>>| Sources::new(&places, height * width, zeros, device);
        Self { rows: sources(rows.collect()), columns: sources(columns.collect()) }
    }

    fn apply(
        &self,
        images: Tensor<B, 2>,
        translate: usize,
        shape: ImageShape,
        changes: &[Change],
    ) -> Tensor<B, 2> {
        let shifts = 2 * translate + 1;
        let rows = changes.iter().map(|change| change.corner[0]);
        let columns =
            changes.iter().map(|change| change.corner[1] + if change.mirrored { shifts } else { 0 });
        let device = images.device();
        let (row_indices, row_inside) = self.rows.select(rows, &device);
        let (column_indices, column_inside) = self.columns.select(columns, &device);
        let indices = row_indices + column_indices;
        let inside = row_inside.zip(column_inside).map(|(row, column)| row * column);
        let area = shape.height * shape.width;
        let changed = (0..shape.channels).map(|channel| {
            let pixels = images.clone().narrow(1, channel * area, area).gather(1, indices.clone());
            match &inside {
                Some(inside) => pixels * inside.clone(),
                None => pixels,
            }
        });
        Tensor::cat(changed.collect(), 1)
    }

    fn to_device(&self, device: &B::Device) -> Self {
        Self { rows: self.rows.to_device(device), columns: self.columns.to_device(device) }
    }
}
