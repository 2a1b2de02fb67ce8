//! Images with the names of their classes.

use super::canvas::{Canvas, Picture, longest, text_width, write};
use super::image_cell::ImageCell;
use crate::error::Error;
use emberlab_data::{Features, LabelledData};
use plotters_backend::DrawingBackend;

/// Images of each class.
const COLUMNS: usize = 10;
/// The most classes that are shown.
const MAX_CLASSES: usize = 30;
const GAP: usize = 4;
const MARGIN: usize = 16;
const TITLE_HEIGHT: usize = 40;
const NAME_SIZE: i32 = 18;
const TITLE_SIZE: i32 = 22;

/// The first images of each class, one row for each class.
pub struct ImageGrid<'a> {
    title: &'a str,
    data: &'a LabelledData,
    pixels: &'a [u8],
    cell: ImageCell,
    image_size: usize,
    title_width: usize,
    name_width: usize,
}

impl<'a> ImageGrid<'a> {
    /// A picture of images; `None` for tables.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when the letters cannot be read.
    pub fn new(title: &'a str, data: &'a LabelledData) -> Result<Option<Self>, Error> {
        let Features::Images { pixels, shape } = &data.features else { return Ok(None) };
        let names = &data.class_names[..data.n_classes().min(MAX_CLASSES)];
        Ok(Some(Self {
            title,
            data,
            pixels,
            cell: ImageCell::new(*shape),
            image_size: shape.size(),
            name_width: longest(names, NAME_SIZE)? as usize + 3 * GAP,
            title_width: text_width(title, TITLE_SIZE)? as usize,
        }))
    }

    fn n_rows(&self) -> usize {
        self.data.n_classes().min(MAX_CLASSES)
    }
}

impl Picture for ImageGrid<'_> {
    fn size(&self) -> (u32, u32) {
        let Self { cell, title_width, name_width, .. } = self;
        let width = (name_width + COLUMNS * (cell.width() + GAP)).max(*title_width) + 2 * MARGIN;
        let height = TITLE_HEIGHT + self.n_rows() * (cell.height() + GAP) + 2 * MARGIN;
        (width as u32, height as u32)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), Error> {
        let Self { data, cell, .. } = self;
        let at = |left: usize, y: usize| (left as i32, y as i32);
        write(canvas, self.title, at(MARGIN, MARGIN + TITLE_HEIGHT / 3), TITLE_SIZE)?;
        for class in 0..self.n_rows() {
            let top = MARGIN + TITLE_HEIGHT + class * (cell.height() + GAP);
            write(canvas, &data.class_names[class], at(MARGIN, top + cell.height() / 2), NAME_SIZE)?;
            let rows = (0..data.len()).filter(|&row| data.labels[row] as usize == class);
            for (column, row) in rows.take(COLUMNS).enumerate() {
                let left = MARGIN + self.name_width + column * (cell.width() + GAP);
                cell.draw(canvas, &self.pixels[row * self.image_size..], at(left, top))?;
            }
        }
        Ok(())
    }
}
