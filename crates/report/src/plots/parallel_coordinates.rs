//! Settings and their score as lines across parallel axes (A. Inselberg, "The Plane with Parallel Coordinates", 1985).

use super::axis::{Axis, Scale};
use super::canvas::{Canvas, Picture, class_colour, failed, fitted, text_width, write};
use crate::error::{Error, PictureProblem};
use plotters::element::PathElement;
use plotters::prelude::{BLACK, Color, RGBColor, Rectangle, WHITE};
use plotters_backend::DrawingBackend;

const TITLE_SIZE: i32 = 22;
const TEXT_SIZE: i32 = 15;
const MARGIN: i32 = 24;
/// The distance of two axes, and the width of the labels beside the last one.
const STEP: i32 = 190;
const LABEL_WIDTH: i32 = 130;
const TOP: i32 = 112;
const HEIGHT: i32 = 400;
const BOTTOM: i32 = 32;
const MAX_TICKS: usize = 7;
/// The most words of an axis that are written.
const MAX_WORDS: usize = 24;
/// The colours of the first line, and of the last.
const BEST: usize = 1;
const PALE: RGBColor = RGBColor(205, 215, 225);
const STRONG: RGBColor = RGBColor(0, 90, 150);

/// An axis, with the position of each line on it.
pub struct Coordinate {
    name: String,
    /// From 0 at the bottom to 1 at the top.
    positions: Vec<Option<f64>>,
    labels: Vec<(f64, String)>,
}

impl Coordinate {
    /// An axis of numbers, one for each line. A logarithmic scale shows only values above 0.
    pub fn numbers(name: &str, values: Vec<f64>, scale: Scale) -> Self {
        let Some(axis) = Axis::around(values.iter().copied(), scale) else {
            return Self { name: name.to_owned(), positions: vec![None; values.len()], labels: Vec::new() };
        };
        let position = |value: &f64| axis.shows(*value).then(|| axis.share(*value));
        let labels = axis.ticks(MAX_TICKS).into_iter().map(|tick| (axis.share(tick), axis.label(tick)));
        Self {
            name: name.to_owned(),
            positions: values.iter().map(position).collect(),
            labels: labels.filter(|(share, _)| (0.0..=1.0).contains(share)).collect(),
        }
    }

    /// An axis of words, one for each line, in the order of their letters.
    pub fn words(name: &str, values: Vec<String>) -> Self {
        let mut words = values.clone();
        words.sort();
        words.dedup();
        let share = |index: usize| (index as f64 + 0.5) / words.len() as f64;
        let position = |value: &String| words.binary_search(value).ok().map(share);
        let positions = values.iter().map(position).collect();
        let stride = words.len().div_ceil(MAX_WORDS).max(1);
        let labels = words.iter().enumerate().step_by(stride);
        let labels = labels.map(|(index, word)| (share(index), word.clone())).collect();
        Self { name: name.to_owned(), positions, labels }
    }
}

/// A line for each setting, the best first: it is orange, and the others are the paler the lower they rank.
pub struct ParallelCoordinates<'a> {
    title: &'a str,
    coordinates: &'a [Coordinate],
    n_lines: usize,
}

impl<'a> ParallelCoordinates<'a> {
    /// A picture of lines in the order of their rank, with as many positions on each axis.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when there is no line.
    pub fn new(title: &'a str, coordinates: &'a [Coordinate]) -> Result<Self, Error> {
        let n_lines = coordinates.iter().map(|coordinate| coordinate.positions.len()).min().unwrap_or(0);
        if n_lines == 0 {
            return Err(PictureProblem::NoPoints.into());
        }
        Ok(Self { title, coordinates, n_lines })
    }

    /// The pixels of a line, where its values can be shown.
    fn line(&self, line: usize) -> Vec<(i32, i32)> {
        let positions = self.coordinates.iter().zip(0..).filter_map(|(coordinate, index)| {
            let share = coordinate.positions.get(line).copied().flatten()?;
            Some((left(index), row(share)))
        });
        positions.collect()
    }
}

fn left(index: i32) -> i32 {
    MARGIN + index * STEP
}

fn row(share: f64) -> i32 {
    TOP + ((1.0 - share) * f64::from(HEIGHT)).round() as i32
}

/// The colour of the line at a rank from 0 to 1.
fn colour(rank: f64) -> RGBColor {
    let mix =
        |strong: u8, pale: u8| (f64::from(strong) * (1.0 - rank) + f64::from(pale) * rank).round() as u8;
    RGBColor(mix(STRONG.0, PALE.0), mix(STRONG.1, PALE.1), mix(STRONG.2, PALE.2))
}

impl Picture for ParallelCoordinates<'_> {
    fn size(&self) -> (u32, u32) {
        let n = self.coordinates.len() as i32;
        let width = (2 * MARGIN + (n - 1).max(1) * STEP + LABEL_WIDTH).max(480);
        (width as u32, (TOP + HEIGHT + BOTTOM) as u32)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), Error> {
        let width = self.size().0 as i32 - 2 * MARGIN;
        write(canvas, &fitted(self.title, TITLE_SIZE, width as u32)?, (MARGIN, MARGIN + 6), TITLE_SIZE)?;
        for line in (0..self.n_lines).rev() {
            let style = if line == 0 {
                class_colour(BEST).stroke_width(3)
            } else {
                colour(line as f64 / self.n_lines as f64).stroke_width(1)
            };
            canvas.draw(&PathElement::new(self.line(line), style)).map_err(failed)?;
        }
        for (coordinate, index) in self.coordinates.iter().zip(0..) {
            let x = left(index);
            let name = fitted(&coordinate.name, TEXT_SIZE, STEP as u32 - 12)?;
            write(canvas, &name, (x - 8, TOP - 30), TEXT_SIZE)?;
            canvas
                .draw(&PathElement::new([(x, TOP), (x, TOP + HEIGHT)], BLACK.stroke_width(1)))
                .map_err(failed)?;
            for (share, label) in &coordinate.labels {
                let y = row(*share);
                canvas
                    .draw(&PathElement::new([(x, y), (x + 5, y)], BLACK.stroke_width(1)))
                    .map_err(failed)?;
                let label = fitted(label, TEXT_SIZE, LABEL_WIDTH as u32)?;
                let width = text_width(&label, TEXT_SIZE)? as i32;
                // Lines behind a label would make it hard to read.
                let paper =
                    Rectangle::new([(x + 6, y - 9), (x + 12 + width, y + 9)], WHITE.mix(0.85).filled());
                canvas.draw(&paper).map_err(failed)?;
                write(canvas, &label, (x + 9, y), TEXT_SIZE)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_follow_the_values() {
        let numbers = Coordinate::numbers("rate", vec![0.001, 0.1, 0.01], Scale::Log);
        let positions: Vec<f64> = numbers.positions.into_iter().flatten().collect();
        assert!(positions[0] < positions[2] && positions[2] < positions[1]);
        assert!((positions[2] - 0.5).abs() < 1e-9);
        let words = Coordinate::words("kind", ["sgd", "adam", "sgd"].map(str::to_owned).to_vec());
        assert_eq!(words.positions, [Some(0.75), Some(0.25), Some(0.75)]);
    }

    #[test]
    fn values_without_a_position_are_left_out_of_the_line() {
        let coordinates = [
            Coordinate::numbers("a", vec![1.0, 2.0], Scale::Linear),
            Coordinate::numbers("b", vec![f64::NAN, 1.0], Scale::Linear),
        ];
        let Ok(picture) = ParallelCoordinates::new("", &coordinates) else { panic!("it has two lines") };
        assert_eq!((picture.line(0).len(), picture.line(1).len()), (1, 2));
        assert!(ParallelCoordinates::new("", &[]).is_err());
    }
}
