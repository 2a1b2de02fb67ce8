//! Samples of a table as points in space.

use super::axis::{Axis, Scale};
use super::canvas::{Canvas, FONT, Picture, failed, fitted, text_width, write};
use super::class_legend::{class_legend_width, draw_class_legend};
use super::mark::Mark;
use super::short::short;
use super::shown_samples::shown_rows;
use crate::error::Error;
use emberlab_data::{Features, LabelledData};
use plotters::chart::ChartBuilder;
use plotters::coord::ranged1d::Ranged;
use plotters::prelude::{BLACK, Color};
use plotters_backend::DrawingBackend;

const SIZE: (u32, u32) = (900, 700);
const TEXT_SIZE: i32 = 18;
/// The rotation of the box in radians: seen from above, and around the vertical axis.
const PITCH: f64 = 0.35;
const YAW: f64 = 0.6;

/// A scatter plot of three columns of a table, with a colour and a mark for each class.
pub struct Scatter3d<'a> {
    title: &'a str,
    data: &'a LabelledData,
    values: &'a [f64],
    names: &'a [String],
    axes: [Axis; 3],
    legend_width: u32,
}

impl<'a> Scatter3d<'a> {
    /// A plot of the first three columns; `None` for images and narrower tables.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when the letters cannot be read.
    pub fn new(title: &'a str, data: &'a LabelledData) -> Result<Option<Self>, Error> {
        let Features::Table { values, columns: names } = &data.features else { return Ok(None) };
        if names.len() < 3 {
            return Ok(None);
        }
        let axes = [0, 1, 2].map(|column| {
            let column = values.iter().skip(column).step_by(names.len()).copied();
            Axis::around(column, Scale::Linear).unwrap_or_else(|| Axis::linear(-1.0..1.0))
        });
        let legend_width = class_legend_width(&data.class_names)?;
        Ok(Some(Self { title, data, values, names, axes, legend_width }))
    }

    /// The point of a sample: the first column to the right, the second into the picture, the third upwards.
    fn point(&self, row: usize) -> (f64, f64, f64) {
        let row = &self.values[row * self.names.len()..];
        (row[0], row[2], row[1])
    }
}

impl Picture for Scatter3d<'_> {
    fn size(&self) -> (u32, u32) {
        SIZE
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), Error> {
        let [right, back, up] = self.axes.clone();
        let (plot, legend) = canvas.split_horizontally(SIZE.0 - self.legend_width);
        let mut chart = ChartBuilder::on(&plot)
            .caption(
                fitted(self.title, TEXT_SIZE + 4, SIZE.0 - self.legend_width - 64)?,
                (FONT, TEXT_SIZE + 4),
            )
            .margin(24)
            .build_cartesian_3d(right.clone(), up.clone(), back.clone())
            .map_err(failed)?;
        chart.with_projection(|mut projection| {
            projection.pitch = PITCH;
            projection.yaw = YAW;
            projection.scale = 0.78;
            projection.into_matrix()
        });
        chart
            .configure_axes()
            .label_style((FONT, TEXT_SIZE - 2))
            .max_light_lines(1)
            .x_labels(5)
            .y_labels(5)
            .z_labels(5)
            .x_formatter(&|value| short(*value))
            .y_formatter(&|value| short(*value))
            .z_formatter(&|value| short(*value))
            .axis_panel_style(BLACK.mix(0.02))
            .bold_grid_style(BLACK.mix(0.12))
            .light_grid_style(BLACK.mix(0.04))
            .draw()
            .map_err(failed)?;
        let marks = shown_rows(self.data).into_iter().map(|row| {
            let class = self.data.labels[row] as usize;
            Mark { class, faint: false, at: self.point(row) }
        });
        chart.draw_series(marks).map_err(failed)?;
        let (left, top) = canvas.get_base_pixel();
        let middle = |axis: &Axis| (axis.range().start + axis.range().end) / 2.0;
        let (x, y, z) = (right.range(), up.range(), back.range());
        // Names go below the two nearest lower edges and above the left vertical edge.
        let widest = SIZE.0 / 4;
        let names = [0, 1, 2].map(|column| fitted(&self.names[column], TEXT_SIZE, widest));
        let [right_name, back_name, up_name] = names;
        let (right_name, back_name, up_name) = (right_name?, back_name?, up_name?);
        let width = text_width(&right_name, TEXT_SIZE)? as i32;
        let places = [
            (right_name, (middle(&right), y.start, z.end), (-16 - width, 44)),
            (back_name, (x.end, y.start, middle(&back)), (36, 44)),
            (up_name, (x.start, y.end, z.end), (-24, -22)),
        ];
        for (name, edge, (right, down)) in places {
            let (x, y) = chart.plotting_area().map_coordinate(&edge);
            write(canvas, &name, ((x - left + right).max(4), y - top + down), TEXT_SIZE)?;
        }
        draw_class_legend(&legend, &self.data.class_names)
    }
}
