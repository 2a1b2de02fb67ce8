//! The weights of the first layer as images.

use super::canvas::{Canvas, Picture, failed, fitted, longest, text_width, write};
use crate::error::{Error, PictureProblem};
use emberlab_data::ImageShape;
use emberlab_models::NamedTensor;
use plotters::element::BitMapElement;
use plotters_backend::DrawingBackend;

const TITLE_SIZE: i32 = 22;
const NAME_SIZE: i32 = 16;
const MARGIN: i32 = 16;
const GAP: i32 = 8;
/// The most pixels of the longer side of one image.
const SIDE: usize = 96;
const COLUMNS: usize = 10;
/// Longer names are cut.
const MAX_NAME_WIDTH: u32 = 200;
/// The most units that are shown.
const MAX_UNITS: usize = 64;

/// An image for each unit of the first layer. A weight of 0 is grey; the largest absolute weight is white or black.
pub struct WeightImages<'a> {
    title: &'a str,
    names: Vec<String>,
    units: Vec<&'a [f32]>,
    shape: ImageShape,
    largest: f32,
    cell_width: i32,
    title_width: i32,
}

impl<'a> WeightImages<'a> {
    /// A picture of the weights of the first layer; `None` if its inputs are not images. The units are named by `class_names`
    /// if they are those of the classes: one for each, in the only layer.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when the letters cannot be read.
    pub fn new(
        title: &'a str,
        tensors: &'a [NamedTensor],
        image: ImageShape,
        class_names: &[String],
    ) -> Result<Option<Self>, Error> {
        let first = tensors.iter().find(|tensor| tensor.name.ends_with(".weight"));
        let Some(NamedTensor { shape, values, .. }) = first else { return Ok(None) };
        let shape = match shape[..] {
            [_, n_inputs] if n_inputs == image.size() => image,
            [_, channels, height, width] => ImageShape { channels, height, width },
            _ => return Ok(None),
        };
        let units: Vec<&[f32]> = values.chunks_exact(shape.size()).collect();
        let n_layers = tensors.iter().filter(|tensor| tensor.shape.len() > 1).count();
        let names = if n_layers == 1 && units.len() == class_names.len() { class_names } else { &[] };
        let names = names.iter().take(MAX_UNITS).map(|name| fitted(name, NAME_SIZE, MAX_NAME_WIDTH));
        let names: Vec<String> = names.collect::<Result<_, _>>()?;
        let largest = values.iter().fold(0.0f32, |largest, weight| largest.max(weight.abs()));
        let side = image_size(shape).1 as i32;
        let longest_name = longest(&names, NAME_SIZE)? as i32;
        Ok(Some(Self {
            title,
            names,
            units: units.into_iter().take(MAX_UNITS).collect(),
            shape,
            largest,
            cell_width: side.max(longest_name) + GAP,
            title_width: text_width(title, TITLE_SIZE)? as i32,
        }))
    }

    fn cell_height(&self) -> i32 {
        let name = if self.names.is_empty() { 0 } else { NAME_SIZE + 6 };
        image_size(self.shape).0 as i32 + name + GAP
    }

    /// The weights of a unit as RGB bytes, an image of the size that [`image_size`] returns.
    fn pixels(&self, weights: &[f32]) -> Vec<u8> {
        let ImageShape { channels, height, width } = self.shape;
        let (rows, columns) = image_size(self.shape);
        let byte = |channel: usize, y: usize, x: usize| {
            let weight = weights[(channel.min(channels - 1) * height + y) * width + x];
            let share = if self.largest > 0.0 { weight / self.largest } else { 0.0 };
            (128.0 + 127.0 * share).round() as u8
        };
        let positions =
            (0..rows).flat_map(|y| (0..columns).map(move |x| (y * height / rows, x * width / columns)));
        positions.flat_map(|(y, x)| [0, 1, 2].map(|channel| byte(channel, y, x))).collect()
    }
}

/// Height and width in pixels: each weight is a square as large as fits. Larger images are subsampled.
fn image_size(shape: ImageShape) -> (usize, usize) {
    let ImageShape { height, width, .. } = shape;
    let side = height.max(width).max(1);
    if side <= SIDE {
        (height * (SIDE / side), width * (SIDE / side))
    } else {
        ((height * SIDE / side).max(1), (width * SIDE / side).max(1))
    }
}

impl Picture for WeightImages<'_> {
    fn size(&self) -> (u32, u32) {
        let columns = self.units.len().min(COLUMNS) as i32;
        let rows = self.units.len().div_ceil(COLUMNS) as i32;
        let width = (columns * self.cell_width).max(self.title_width) + 2 * MARGIN;
        (width as u32, (rows * self.cell_height() + 2 * MARGIN + 40) as u32)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), Error> {
        write(canvas, self.title, (MARGIN, MARGIN + 10), TITLE_SIZE)?;
        let (height, width) = image_size(self.shape);
        let size = (width as u32, height as u32);
        for (unit, weights) in self.units.iter().enumerate() {
            let (row, column) = ((unit / COLUMNS) as i32, (unit % COLUMNS) as i32);
            let corner = (MARGIN + column * self.cell_width, MARGIN + 40 + row * self.cell_height());
            let picture = BitMapElement::with_owned_buffer(corner, size, self.pixels(weights));
            let picture = picture.ok_or(PictureProblem::ImageSize)?;
            canvas.draw(&picture).map_err(failed)?;
            if let Some(name) = self.names.get(unit) {
                write(canvas, name, (corner.0, corner.1 + size.1 as i32 + NAME_SIZE / 2 + 2), NAME_SIZE)?;
            }
        }
        Ok(())
    }
}
