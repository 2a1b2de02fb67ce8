//! The confusion matrix.

use super::canvas::{Canvas, Picture, failed, fitted, longest, text_style, text_width, write};
use crate::error::Error;
use emberlab_run::Evaluation;
use plotters::prelude::{Color, RGBColor, Rectangle, Text, WHITE};
use plotters_backend::DrawingBackend;

const TITLE_SIZE: i32 = 22;
const NAME_SIZE: i32 = 16;
/// Longer names are cut.
const MAX_NAME_WIDTH: u32 = 150;
const COUNT_SIZE: i32 = 16;
const RATE_SIZE: i32 = 12;
/// The most classes that are shown.
const MAX_CLASSES: usize = 30;
const MARGIN: i32 = 16;
const CELL_HEIGHT: i32 = 48;
/// The colour of a cell with all samples of its class.
const FULL: (f64, f64, f64) = (0.0, 83.0, 138.0);

/// A confusion matrix with counts and shares of each class. Rows are classes, columns predictions. Of more than
/// 30 classes it shows the most confused.
pub struct ConfusionMatrix<'a> {
    title: String,
    evaluation: &'a Evaluation,
    /// The classes that are shown, in their order.
    classes: Vec<usize>,
    names: Vec<String>,
    name_width: i32,
    cell_width: i32,
    title_width: i32,
}

impl<'a> ConfusionMatrix<'a> {
    /// A picture of an evaluation's matrix.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when the letters cannot be read.
    pub fn new(title: &str, evaluation: &'a Evaluation) -> Result<Self, Error> {
        let (title, classes) = shown_classes(title, evaluation, MAX_CLASSES);
        let names =
            classes.iter().map(|&class| fitted(&evaluation.classes[class].name, NAME_SIZE, MAX_NAME_WIDTH));
        let names: Vec<String> = names.collect::<Result<_, _>>()?;
        let widest = longest(&names, NAME_SIZE)? as i32;
        let title_width = text_width(&title, TITLE_SIZE)? as i32;
        Ok(Self {
            title,
            evaluation,
            classes,
            names,
            name_width: widest + 12,
            cell_width: (widest + 12).max(64),
            title_width,
        })
    }

    /// The title, which says if not all classes are shown.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The upper left corner of the cells.
    fn origin(&self) -> (i32, i32) {
        (MARGIN + 28 + self.name_width, MARGIN + 84)
    }
}

impl Picture for ConfusionMatrix<'_> {
    fn size(&self) -> (u32, u32) {
        let (left, top) = self.origin();
        let n = self.names.len() as i32;
        let width = (left + n * self.cell_width).max(MARGIN + self.title_width) + MARGIN;
        (width as u32, (top + n * CELL_HEIGHT + MARGIN) as u32)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), Error> {
        let (left, top) = self.origin();
        write(canvas, &self.title, (MARGIN, MARGIN + 10), TITLE_SIZE)?;
        write(canvas, "prediction", (left, top - 42), NAME_SIZE)?;
        write(canvas, "class", (MARGIN, top - 16), NAME_SIZE)?;
        for (index, name) in (0..).zip(&self.names) {
            let offset = (self.cell_width - text_width(name, NAME_SIZE)? as i32) / 2;
            write(canvas, name, (left + index * self.cell_width + offset, top - 16), NAME_SIZE)?;
            write(canvas, name, (MARGIN + 28, top + index * CELL_HEIGHT + CELL_HEIGHT / 2), NAME_SIZE)?;
        }
        for (row, &class) in (0..).zip(&self.classes) {
            let total = self.evaluation.classes[class].support;
            for (column, &prediction) in (0..).zip(&self.classes) {
                let count = self.evaluation.confusion_matrix.count(class, prediction);
                let corner = (left + column * self.cell_width, top + row * CELL_HEIGHT);
                let share = if total == 0 { 0.0 } else { count as f64 / total as f64 };
                self.draw_cell(canvas, corner, count, share)?;
            }
        }
        Ok(())
    }
}

impl ConfusionMatrix<'_> {
    fn draw_cell<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        (x, y): (i32, i32),
        count: usize,
        share: f64,
    ) -> Result<(), Error> {
        let corners = [(x, y), (x + self.cell_width - 2, y + CELL_HEIGHT - 2)];
        canvas.draw(&Rectangle::new(corners, shade(share).filled())).map_err(failed)?;
        let ink = if share > 0.65 { WHITE } else { RGBColor(30, 30, 30) };
        let lines = [(count.to_string(), 15, COUNT_SIZE), (format!("{:.0} %", 100.0 * share), 33, RATE_SIZE)];
        for (text, offset, size) in lines {
            let inset = (self.cell_width - 2 - text_width(&text, size)? as i32) / 2;
            let style = text_style(size).color(&ink);
            canvas.draw(&Text::new(text, (x + inset, y + offset), style)).map_err(failed)?;
        }
        Ok(())
    }
}

/// The colour of a cell, from nearly white to dark.
fn shade(share: f64) -> RGBColor {
    let mix = |full: f64| (245.0 + (full - 245.0) * share).round() as u8;
    RGBColor(mix(FULL.0), mix(FULL.1), mix(FULL.2))
}

/// The title of a picture and the classes that it shows: at most `most`, those with the most wrong predictions. The title
/// says if not all classes are shown.
pub fn shown_classes(title: &str, evaluation: &Evaluation, most: usize) -> (String, Vec<usize>) {
    let n_classes = evaluation.classes.len();
    let title = if n_classes <= most {
        title.to_owned()
    } else {
        format!("{title}; the {most} most confused of {n_classes} classes")
    };
    (title, evaluation.confusion_matrix.most_confused(most))
}
