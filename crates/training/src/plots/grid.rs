//! Images with the names of their classes.

use super::canvas::{Canvas, failed, load_font, png, text_style, text_width};
use crate::error::Error;
use emberlab_data::{Features, ImageShape, LabelledData};
use plotters::prelude::{RGBColor, Text};

/// Images of each class.
const COLUMNS: usize = 10;
/// The most classes that are shown.
const MAX_CLASSES: usize = 30;
/// Pixels that an image takes, at least.
const SIDE: usize = 64;
/// The largest image that is shown pixel by pixel; of larger ones every other pixel or less.
const MAX_SIDE: usize = 128;
const GAP: usize = 4;
const MARGIN: usize = 16;
const TITLE_HEIGHT: usize = 40;
const NAME_SIZE: i32 = 18;
const TITLE_SIZE: i32 = 22;

/// The first images of each class, a row for each, as a PNG; nothing for data that is no images.
///
/// # Errors
///
/// [`Error::Picture`].
pub fn image_grid(title: &str, data: &LabelledData) -> Result<Option<Vec<u8>>, Error> {
    let Features::Images { pixels, shape } = &data.features else { return Ok(None) };
    load_font()?;
    let cell = Cell::new(*shape);
    let classes = data.n_classes().min(MAX_CLASSES);
    let name_width = names_width(&data.class_names[..classes])?;
    let title_width = text_width(title, TITLE_SIZE)? as usize;
    let width = (name_width + COLUMNS * (cell.width() + GAP)).max(title_width) + 2 * MARGIN;
    let height = TITLE_HEIGHT + classes * (cell.height() + GAP) + 2 * MARGIN;
    let picture = png((width as u32, height as u32), |canvas| {
        write(canvas, title, MARGIN, MARGIN + TITLE_HEIGHT / 3, TITLE_SIZE)?;
        for class in 0..classes {
            let top = MARGIN + TITLE_HEIGHT + class * (cell.height() + GAP);
            write(canvas, &data.class_names[class], MARGIN, top + cell.height() / 2, NAME_SIZE)?;
            let rows = (0..data.len()).filter(|&row| data.labels[row] as usize == class);
            for (column, row) in rows.take(COLUMNS).enumerate() {
                let left = MARGIN + name_width + column * (cell.width() + GAP);
                cell.draw(canvas, &pixels[row * shape.size()..], left, top)?;
            }
        }
        Ok(())
    })?;
    Ok(Some(picture))
}

/// How an image is shown: each `step`-th pixel, `scale` times as large.
struct Cell {
    shape: ImageShape,
    step: usize,
    scale: usize,
}

impl Cell {
    fn new(shape: ImageShape) -> Self {
        let side = shape.height.max(shape.width).max(1);
        Self { shape, step: side.div_ceil(MAX_SIDE), scale: (SIDE / side).max(1) }
    }

    fn width(&self) -> usize {
        self.shape.width.div_ceil(self.step) * self.scale
    }

    fn height(&self) -> usize {
        self.shape.height.div_ceil(self.step) * self.scale
    }

    fn draw(&self, canvas: &Canvas<'_>, pixels: &[u8], left: usize, top: usize) -> Result<(), Error> {
        let ImageShape { channels, height, width } = self.shape;
        let value =
            |channel: usize, y: usize, x: usize| pixels[(channel.min(channels - 1) * height + y) * width + x];
        for y in 0..self.height() {
            for x in 0..self.width() {
                let (row, column) = (y / self.scale * self.step, x / self.scale * self.step);
                let [red, green, blue] = [0, 1, 2].map(|channel| value(channel, row, column));
                let place = ((left + x) as i32, (top + y) as i32);
                canvas.draw_pixel(place, &RGBColor(red, green, blue)).map_err(failed)?;
            }
        }
        Ok(())
    }
}

/// Writes text from `left` on, its middle at `y`.
fn write(canvas: &Canvas<'_>, text: &str, left: usize, y: usize, size: i32) -> Result<(), Error> {
    canvas.draw(&Text::new(text.to_owned(), (left as i32, y as i32), text_style(size))).map_err(failed)
}

/// Room for the longest name and a gap.
fn names_width(names: &[String]) -> Result<usize, Error> {
    let mut longest = 0;
    for name in names {
        longest = longest.max(text_width(name, NAME_SIZE)? as usize);
    }
    Ok(longest + 3 * GAP)
}
