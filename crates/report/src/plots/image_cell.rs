//! One image in a picture of several.

use super::canvas::{Canvas, failed};
use crate::error::{Error, PictureProblem};
use emberlab_data::ImageShape;
use plotters::element::BitMapElement;
use plotters_backend::DrawingBackend;

/// The least size of the longer side of a drawn image, in pixels.
const SIDE: usize = 64;
/// The longest side that is drawn completely; larger images are subsampled.
const MAX_SIDE: usize = 128;

/// The size of a drawn image: every `step`-th pixel, enlarged `scale` times.
#[derive(Clone, Copy, Debug)]
pub struct ImageCell {
    shape: ImageShape,
    step: usize,
    scale: usize,
}

impl ImageCell {
    /// For images of a shape.
    pub fn new(shape: ImageShape) -> Self {
        let side = shape.height.max(shape.width).max(1);
        Self { shape, step: side.div_ceil(MAX_SIDE), scale: (SIDE / side).max(1) }
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.shape.width.div_ceil(self.step) * self.scale
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.shape.height.div_ceil(self.step) * self.scale
    }

    /// The image `[channels, height, width]` as RGB bytes `[self.height(), self.width(), 3]`. An image with one channel is grey.
    pub fn pixels(&self, image: &[u8]) -> Vec<u8> {
        let ImageShape { channels, height, width } = self.shape;
        let value = |channel: usize, row: usize, column: usize| {
            image[(channel.min(channels - 1) * height + row) * width + column]
        };
        let source = |position: usize| position / self.scale * self.step;
        let positions = (0..self.height()).flat_map(|y| (0..self.width()).map(move |x| (y, x)));
        positions.flat_map(|(y, x)| [0, 1, 2].map(|channel| value(channel, source(y), source(x)))).collect()
    }

    /// Draws the image with its upper left corner at `corner`.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when it cannot be drawn.
    pub fn draw<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        image: &[u8],
        corner: (i32, i32),
    ) -> Result<(), Error> {
        let size = (self.width() as u32, self.height() as u32);
        let picture = BitMapElement::with_owned_buffer(corner, size, self.pixels(image));
        let picture = picture.ok_or(PictureProblem::ImageSize)?;
        canvas.draw(&picture).map_err(failed)
    }
}
