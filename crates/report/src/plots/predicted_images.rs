//! Images with their predictions.

use super::canvas::{Canvas, Picture, failed, longest, text_width, write};
use super::image_cell::ImageCell;
use crate::error::Error;
use emberlab_data::ImageShape;
use emberlab_data::text::on_one_line;
use plotters::prelude::{Color, RGBColor, Rectangle, ShapeStyle, Text};
use plotters_backend::DrawingBackend;

const COLUMNS: usize = 8;
const TITLE_SIZE: i32 = 22;
const TEXT_SIZE: i32 = 14;
const MARGIN: i32 = 16;
const GAP: i32 = 20;
const LINE: i32 = 18;
/// Room for two lines of text below an image.
const TEXT_HEIGHT: i32 = 2 * LINE + 4;
/// The most characters of a class name.
const MAX_LETTERS: usize = 24;
const FRAME: i32 = 3;
const RIGHT: RGBColor = RGBColor(0, 158, 115);
const WRONG: RGBColor = RGBColor(190, 60, 0);

/// An image, its class, and its prediction.
pub struct PredictedImage<'a> {
    /// Bytes `[channels, height, width]`.
    pub pixels: &'a [u8],
    /// Its class.
    pub class: &'a str,
    /// The predicted class.
    pub predicted: &'a str,
    /// The probability of the predicted class, from 0 to 1.
    pub probability: f64,
}

impl PredictedImage<'_> {
    fn is_right(&self) -> bool {
        self.class == self.predicted
    }

    /// The prediction, with a sign that does not depend on colour.
    fn prediction(&self) -> String {
        let sign = if self.is_right() { "✓" } else { "✗" };
        format!("{sign} {} {:.0} %", name(self.predicted), 100.0 * self.probability)
    }

    fn true_class(&self) -> String {
        if self.is_right() { String::new() } else { format!("is {}", name(self.class)) }
    }
}

/// The name of a class, cut if it is long.
fn name(class: &str) -> String {
    let class = on_one_line(class);
    match class.char_indices().nth(MAX_LETTERS) {
        Some((end, _)) => format!("{}…", &class[..end]),
        None => class.into_owned(),
    }
}

/// Images in rows. Those predicted wrong have a frame and the name of their class.
pub struct PredictedImages<'a> {
    title: &'a str,
    images: Vec<PredictedImage<'a>>,
    cell: ImageCell,
    cell_width: i32,
    title_width: i32,
}

impl<'a> PredictedImages<'a> {
    /// A picture of images of a shape.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when the letters cannot be read.
    pub fn new(title: &'a str, shape: ImageShape, images: Vec<PredictedImage<'a>>) -> Result<Self, Error> {
        let cell = ImageCell::new(shape);
        let texts: Vec<String> =
            images.iter().flat_map(|image| [image.prediction(), image.true_class()]).collect();
        let cell_width = (longest(&texts, TEXT_SIZE)? as i32).max(cell.width() as i32 + 2 * FRAME);
        Ok(Self { title, images, cell, cell_width, title_width: text_width(title, TITLE_SIZE)? as i32 })
    }

    fn cell_height(&self) -> i32 {
        self.cell.height() as i32 + 2 * FRAME + TEXT_HEIGHT
    }
}

impl Picture for PredictedImages<'_> {
    fn size(&self) -> (u32, u32) {
        let columns = self.images.len().min(COLUMNS) as i32;
        let rows = self.images.len().div_ceil(COLUMNS) as i32;
        let width = (columns * (self.cell_width + GAP) - GAP).max(self.title_width) + 2 * MARGIN;
        let height = rows * (self.cell_height() + GAP) + 2 * MARGIN + 40;
        (width as u32, height as u32)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), Error> {
        write(canvas, self.title, (MARGIN, MARGIN + 10), TITLE_SIZE)?;
        let (width, height) = (self.cell.width() as i32, self.cell.height() as i32);
        for (index, image) in self.images.iter().enumerate() {
            let (row, column) = ((index / COLUMNS) as i32, (index % COLUMNS) as i32);
            let left = MARGIN + column * (self.cell_width + GAP);
            let top = MARGIN + 40 + row * (self.cell_height() + GAP);
            let colour = if image.is_right() { RIGHT } else { WRONG };
            if !image.is_right() {
                let corners = [(left, top), (left + width + 2 * FRAME, top + height + 2 * FRAME)];
                let frame: ShapeStyle = WRONG.filled();
                canvas.draw(&Rectangle::new(corners, frame)).map_err(failed)?;
            }
            self.cell.draw(canvas, image.pixels, (left + FRAME, top + FRAME))?;
            let below = top + height + 2 * FRAME + LINE / 2 + 2;
            let style = super::canvas::text_style(TEXT_SIZE).color(&colour);
            canvas.draw(&Text::new(image.prediction(), (left, below), style)).map_err(failed)?;
            if !image.is_right() {
                write(canvas, &image.true_class(), (left, below + LINE), TEXT_SIZE)?;
            }
        }
        Ok(())
    }
}
