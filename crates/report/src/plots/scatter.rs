//! Samples of a table as points in a plane, over the predictions of a classifier.

use super::axis::{Axis, Scale};
use super::canvas::{Canvas, FONT, Picture, class_colour, failed, fitted};
use super::class_legend::{class_legend_width, draw_class_legend};
use super::mark::Mark;
use super::shown_samples::shown_rows;
use crate::error::{Error, PictureProblem};
use emberlab_data::{Features, LabelledData};
use plotters::chart::ChartBuilder;
use plotters::coord::ranged1d::Ranged;
use plotters::element::BitMapElement;
use plotters::prelude::{BLACK, Color};
use plotters_backend::DrawingBackend;
use std::ops::Range;

const SIZE: (u32, u32) = (900, 700);
const TEXT_SIZE: i32 = 18;

/// A scatter plot of two columns of a table, with a colour and a mark for each class.
pub struct Scatter<'a> {
    title: &'a str,
    data: &'a LabelledData,
    values: &'a [f64],
    names: &'a [String],
    /// The columns of the horizontal and the vertical axis.
    columns: [usize; 2],
    x: Axis,
    y: Axis,
    legend_width: u32,
    regions: Option<Regions>,
    faint: Vec<bool>,
}

/// The predictions of a classifier on a grid of points, from the upper left corner, row after row.
pub struct Regions {
    /// The number of columns of the grid.
    pub n_columns: usize,
    /// The predicted class at each point and its probability, from 0 to 1.
    pub classes: Vec<(usize, f64)>,
}

impl<'a> Scatter<'a> {
    /// A plot of two columns, or of one if both are the same; `None` for images.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when the letters cannot be read.
    pub fn new(title: &'a str, data: &'a LabelledData, columns: [usize; 2]) -> Result<Option<Self>, Error> {
        let Features::Table { values, columns: names } = &data.features else { return Ok(None) };
        let legend_width = class_legend_width(&data.class_names)?;
        let axis = |column: usize| {
            let column = values.iter().skip(column).step_by(names.len()).copied();
            Axis::around(column, Scale::Linear).unwrap_or_else(|| Axis::linear(-1.0..1.0))
        };
        let [x, y] = columns;
        let y = if x == y { Axis::linear(-1.0..1.0) } else { axis(y) };
        let x = axis(x);
        let faint = Vec::new();
        Ok(Some(Self { title, data, values, names, columns, x, y, legend_width, regions: None, faint }))
    }

    /// The values that the horizontal and the vertical axis cover.
    pub fn ranges(&self) -> [Range<f64>; 2] {
        [self.x.range(), self.y.range()]
    }

    /// Adds the regions of predictions below the points. `faint` says for each sample whether its point is faint.
    pub fn over(self, regions: Regions, faint: Vec<bool>) -> Self {
        Self { regions: Some(regions), faint, ..self }
    }
}

impl Picture for Scatter<'_> {
    fn size(&self) -> (u32, u32) {
        SIZE
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), Error> {
        let Self { data, names, columns: [x, y], .. } = *self;
        let one_column = x == y;
        let value = |row: usize, column: usize| self.values[row * names.len() + column];
        let point = |row: usize| (value(row, x), if one_column { 0.0 } else { value(row, y) });
        let (plot, legend) = canvas.split_horizontally(SIZE.0 - self.legend_width);
        let mut chart = ChartBuilder::on(&plot)
            .caption(
                fitted(self.title, TEXT_SIZE + 4, SIZE.0 - self.legend_width - 64)?,
                (FONT, TEXT_SIZE + 4),
            )
            .margin(16)
            .x_label_area_size(52)
            .y_label_area_size(if one_column { 16 } else { 76 })
            .build_cartesian_2d(self.x.clone(), self.y.clone())
            .map_err(failed)?;
        if let Some(regions) = &self.regions {
            let (columns, rows) = chart.plotting_area().get_pixel_range();
            let (base_x, base_y) = canvas.get_base_pixel();
            let corner = (columns.start - base_x, rows.start - base_y);
            let size = ((columns.end - columns.start) as u32, (rows.end - rows.start) as u32);
            regions.draw(canvas, corner, size)?;
        }
        let mut mesh = chart.configure_mesh();
        mesh.x_desc(fitted(&names[x], TEXT_SIZE, SIZE.0 / 2)?)
            .label_style((FONT, TEXT_SIZE))
            .axis_desc_style((FONT, TEXT_SIZE));
        if one_column {
            mesh.disable_y_mesh().disable_y_axis();
        } else {
            mesh.y_desc(fitted(&names[y], TEXT_SIZE, SIZE.1 / 2)?);
        }
        mesh.max_light_lines(1).bold_line_style(BLACK.mix(0.12)).draw().map_err(failed)?;
        let marks = shown_rows(data).into_iter().map(|row| {
            let faint = self.faint.get(row).copied().unwrap_or(false);
            Mark { class: data.labels[row] as usize, faint, at: point(row) }
        });
        chart.draw_series(marks).map_err(failed)?;
        draw_class_legend(&legend, &data.class_names)
    }
}

impl Regions {
    /// Fills a rectangle of pixels; the more probable the class, the stronger its colour.
    fn draw<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        corner: (i32, i32),
        (width, height): (u32, u32),
    ) -> Result<(), Error> {
        let n_rows = self.classes.len() / self.n_columns.max(1);
        let colour = |x: u32, y: u32| {
            let row = (y as usize * n_rows / height as usize).min(n_rows - 1);
            let column = (x as usize * self.n_columns / width as usize).min(self.n_columns - 1);
            let (class, probability) = self.classes[row * self.n_columns + column];
            let (red, green, blue) = class_colour(class).rgb();
            let strength = 0.1 + 0.4 * probability;
            [red, green, blue].map(|full| (255.0 + (f64::from(full) - 255.0) * strength).round() as u8)
        };
        if n_rows == 0 || width == 0 || height == 0 {
            return Ok(());
        }
        let pixels = (0..height).flat_map(|y| (0..width).flat_map(move |x| colour(x, y))).collect();
        let picture = BitMapElement::with_owned_buffer(corner, (width, height), pixels);
        let picture = picture.ok_or(PictureProblem::ImageSize)?;
        canvas.draw(&picture).map_err(failed)
    }
}
