//! Precision and recall of each class.

use super::canvas::{Canvas, Picture, class_colour, failed, fitted, longest, text_width, write};
use super::confusion::shown_classes;
use crate::error::Error;
use emberlab_run::{ClassFigures, Evaluation};
use plotters::prelude::{Color, Rectangle};
use plotters_backend::DrawingBackend;

const TITLE_SIZE: i32 = 22;
const TEXT_SIZE: i32 = 16;
/// Longer names are cut.
const MAX_NAME_WIDTH: u32 = 260;
/// The most classes that are shown.
const MAX_CLASSES: usize = 40;
const MARGIN: i32 = 16;
const TOP: i32 = MARGIN + 76;
const BAR_HEIGHT: i32 = 14;
const CLASS_HEIGHT: i32 = 2 * BAR_HEIGHT + 14;
/// The length of a bar for 1.
const BAR_WIDTH: i32 = 520;
const VALUE_WIDTH: i32 = 64;

/// Two bars for each class, from 0 to 1, with their values. Of more than 40 classes it shows the most confused.
pub struct ClassBars<'a> {
    title: String,
    classes: Vec<&'a ClassFigures>,
    names: Vec<String>,
    name_width: i32,
    title_width: i32,
}

impl<'a> ClassBars<'a> {
    /// A picture of an evaluation's classes.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when the letters cannot be read.
    pub fn new(title: &str, evaluation: &'a Evaluation) -> Result<Self, Error> {
        let (title, classes) = shown_classes(title, evaluation, MAX_CLASSES);
        let classes: Vec<&ClassFigures> = classes.iter().map(|&class| &evaluation.classes[class]).collect();
        let names = classes.iter().map(|class| fitted(&class.name, TEXT_SIZE, MAX_NAME_WIDTH));
        let names: Vec<String> = names.collect::<Result<_, _>>()?;
        let name_width = longest(&names, TEXT_SIZE)? as i32 + 12;
        let title_width = text_width(&title, TITLE_SIZE)? as i32;
        Ok(Self { title, classes, names, name_width, title_width })
    }

    /// The title, which says if not all classes are shown.
    pub fn title(&self) -> &str {
        &self.title
    }
}

impl Picture for ClassBars<'_> {
    fn size(&self) -> (u32, u32) {
        let width = (self.name_width + BAR_WIDTH + VALUE_WIDTH).max(self.title_width) + 2 * MARGIN;
        let height = TOP + self.classes.len() as i32 * CLASS_HEIGHT + MARGIN;
        (width as u32, height as u32)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), Error> {
        let left = MARGIN + self.name_width;
        write(canvas, &self.title, (MARGIN, MARGIN + 10), TITLE_SIZE)?;
        for (index, name) in [(0, "precision"), (1, "recall")] {
            let x = left + 140 * index;
            bar(canvas, (x, MARGIN + 42), 24, index as usize)?;
            write(canvas, name, (x + 32, MARGIN + 42 + BAR_HEIGHT / 2), TEXT_SIZE)?;
        }
        for ((row, class), name) in (0..).zip(&self.classes).zip(&self.names) {
            let top = TOP + row * CLASS_HEIGHT;
            write(canvas, name, (MARGIN, top + BAR_HEIGHT), TEXT_SIZE)?;
            for (index, value) in [(0, class.precision), (1, class.recall)] {
                let y = top + index * BAR_HEIGHT;
                let length = (value * f64::from(BAR_WIDTH)).round() as i32;
                bar(canvas, (left, y), length, index as usize)?;
                write(
                    canvas,
                    &format!("{value:.3}"),
                    (left + length + 6, y + BAR_HEIGHT / 2),
                    TEXT_SIZE - 2,
                )?;
            }
        }
        Ok(())
    }
}

fn bar<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    (x, y): (i32, i32),
    length: i32,
    colour: usize,
) -> Result<(), Error> {
    let corners = [(x, y), (x + length, y + BAR_HEIGHT - 2)];
    canvas.draw(&Rectangle::new(corners, class_colour(colour).filled())).map_err(failed)
}
