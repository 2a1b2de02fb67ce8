//! The mark of a sample. Consecutive classes differ in shape and in colour.

use super::canvas::class_colour;
use plotters::element::{Drawable, PointCollection};
use plotters::prelude::Color;
use plotters_backend::{BackendCoord, DrawingBackend, DrawingErrorKind};
use std::iter::{Once, once};

/// Half of the width in pixels.
const SIZE: i32 = 5;

/// A disc, a triangle or a cross.
pub struct Mark<C> {
    /// The class, which determines shape and colour.
    pub class: usize,
    /// Whether it is nearly transparent.
    pub faint: bool,
    /// Its coordinates.
    pub at: C,
}

impl<'a, C> PointCollection<'a, C> for &'a Mark<C> {
    type Point = &'a C;
    type IntoIter = Once<&'a C>;

    fn point_iter(self) -> Once<&'a C> {
        once(&self.at)
    }
}

impl<C, DB: DrawingBackend> Drawable<DB> for Mark<C> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut places: I,
        backend: &mut DB,
        _size: (u32, u32),
    ) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
        let Some((x, y)) = places.next() else { return Ok(()) };
        let colour = class_colour(self.class).mix(if self.faint { 0.2 } else { 0.85 });
        match self.class % 3 {
            0 => backend.draw_circle((x, y), SIZE as u32, &colour.filled(), true),
            1 => {
                let corners = [(x, y - SIZE - 1), (x - SIZE - 1, y + SIZE), (x + SIZE + 1, y + SIZE)];
                backend.fill_polygon(corners, &colour.filled())
            }
            _ => {
                let stroke = colour.stroke_width(2);
                backend.draw_line((x - SIZE, y - SIZE), (x + SIZE, y + SIZE), &stroke)?;
                backend.draw_line((x - SIZE, y + SIZE), (x + SIZE, y - SIZE), &stroke)
            }
        }
    }
}
