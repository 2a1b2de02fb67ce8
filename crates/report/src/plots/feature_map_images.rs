//! Images, and the maps that the filters of a convolution make of them.

use super::canvas::{Canvas, Picture, text_width, write};
use super::image_cell::ImageCell;
use crate::error::Error;
use emberlab_data::ImageShape;
use plotters_backend::DrawingBackend;

const TITLE_SIZE: i32 = 22;
const MARGIN: i32 = 16;
const GAP: i32 = 8;
/// The most filters that are shown.
const MAX_FILTERS: usize = 12;

/// A row for each image: the image, and the map of each filter as a grey image.
pub struct FeatureMapImages<'a> {
    title: &'a str,
    title_width: i32,
    images: Vec<&'a [u8]>,
    image_cell: ImageCell,
    /// `[image][filter]`, bytes of a map.
    maps: Vec<Vec<Vec<u8>>>,
    map_cell: ImageCell,
}

impl<'a> FeatureMapImages<'a> {
    /// A picture of images, bytes `[n, channels, height, width]`, and their maps, `[n, filters, height, width]`.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when the letters cannot be read.
    pub fn new(
        title: &'a str,
        pixels: &'a [u8],
        image: ImageShape,
        maps: &[f32],
        shape: ImageShape,
    ) -> Result<Self, Error> {
        let map_shape = ImageShape { channels: 1, ..shape };
        let ranges = ranges(maps, shape);
        let grey = |map: &[f32], (low, high): (f32, f32)| {
            let share = |value: f32| if high > low { (value - low) / (high - low) } else { 0.0 };
            map.iter().map(|value| (255.0 * share(*value)).round() as u8).collect()
        };
        let of_image = |maps: &[f32]| {
            let maps = maps.chunks_exact(map_shape.size()).zip(&ranges).take(MAX_FILTERS);
            maps.map(|(map, range)| grey(map, *range)).collect()
        };
        Ok(Self {
            title,
            title_width: text_width(title, TITLE_SIZE)? as i32,
            images: pixels.chunks_exact(image.size()).collect(),
            image_cell: ImageCell::new(image),
            maps: maps.chunks_exact(shape.size()).map(of_image).collect(),
            map_cell: ImageCell::new(map_shape),
        })
    }

    /// The distance from one row to the next.
    fn row_height(&self) -> i32 {
        self.image_cell.height().max(self.map_cell.height()) as i32 + GAP
    }

    /// The left side of a map.
    fn map_left(&self, filter: usize) -> i32 {
        MARGIN
            + self.image_cell.width() as i32
            + 2 * GAP
            + filter as i32 * (self.map_cell.width() as i32 + GAP)
    }
}

/// The smallest and largest value of each filter over all images.
fn ranges(maps: &[f32], shape: ImageShape) -> Vec<(f32, f32)> {
    let area = shape.height * shape.width;
    let mut ranges = vec![(f32::INFINITY, f32::NEG_INFINITY); shape.channels];
    for of_image in maps.chunks_exact(shape.size()) {
        for (map, (low, high)) in of_image.chunks_exact(area).zip(&mut ranges) {
            *low = map.iter().copied().fold(*low, f32::min);
            *high = map.iter().copied().fold(*high, f32::max);
        }
    }
    ranges
}

impl Picture for FeatureMapImages<'_> {
    fn size(&self) -> (u32, u32) {
        let n_filters = self.maps.first().map_or(0, Vec::len);
        let width = self.map_left(n_filters).max(self.title_width + MARGIN) + MARGIN;
        let height = self.images.len() as i32 * self.row_height() + 2 * MARGIN + 40;
        (width as u32, height as u32)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), Error> {
        write(canvas, self.title, (MARGIN, MARGIN + 10), TITLE_SIZE)?;
        for (row, (image, maps)) in self.images.iter().zip(&self.maps).enumerate() {
            let top = MARGIN + 40 + row as i32 * self.row_height();
            self.image_cell.draw(canvas, image, (MARGIN, top))?;
            for (filter, map) in maps.iter().enumerate() {
                self.map_cell.draw(canvas, map, (self.map_left(filter), top))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn each_filter_has_its_own_scale_over_all_images() {
        let shape = ImageShape { channels: 2, height: 1, width: 2 };
        let maps = [0.0, 1.0, -4.0, 0.0, 2.0, 0.5, 0.0, 4.0];
        let image = ImageShape { channels: 1, height: 1, width: 2 };
        let picture = FeatureMapImages::new("maps", &[0; 4], image, &maps, shape).unwrap();
        assert_eq!(picture.maps, [[[0, 128], [0, 128]], [[255, 64], [128, 255]]]);
    }
}
