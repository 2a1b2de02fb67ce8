//! Samples of a table as points in space.

mod rotatable;

use super::axis::{Axis, Scale};
use super::canvas::{Canvas, FONT, Picture, failed, fitted, text_width, write};
use super::class_legend::{class_legend_width, draw_class_legend};
use super::mark::Mark;
use super::short::short;
use super::shown_samples::shown_rows;
use crate::error::Error;
use emberlab_data::{Features, LabelledData};
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::cartesian::Cartesian3d;
use plotters::coord::ranged1d::Ranged;
use plotters::prelude::{BLACK, Color};
use plotters_backend::DrawingBackend;

const SIZE: (u32, u32) = (900, 700);
const TEXT_SIZE: i32 = 18;
/// The rotation of the box in radians: seen from above, and around the vertical axis.
const PITCH: f64 = 0.35;
const YAW: f64 = 0.6;
/// The size of the box relative to the one that plotters chooses.
const BOX_SCALE: f64 = 0.78;
/// The most tick labels of an axis.
const MAX_LABELS: usize = 5;

/// A chart with the axes to the right, upwards, and into the picture.
type Chart<'a, DB> = ChartContext<'a, DB, Cartesian3d<Axis, Axis, Axis>>;

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

    /// The title, cut to the width beside the legend.
    fn shown_title(&self) -> Result<String, Error> {
        fitted(self.title, TEXT_SIZE + 4, SIZE.0 - self.legend_width - 64)
    }

    /// The names of the three columns, cut to a quarter of the width.
    fn shown_names(&self) -> Result<[String; 3], Error> {
        let fit = |column: usize| fitted(&self.names[column], TEXT_SIZE, SIZE.0 / 4);
        Ok([fit(0)?, fit(1)?, fit(2)?])
    }

    /// The title and an empty box, seen from its first side.
    fn chart<'b, DB: DrawingBackend>(&self, plot: &'b Canvas<DB>) -> Result<Chart<'b, DB>, Error> {
        let [right, back, up] = self.axes.clone();
        let mut chart = ChartBuilder::on(plot)
            .caption(self.shown_title()?, (FONT, TEXT_SIZE + 4))
            .margin(24)
            .build_cartesian_3d(right, up, back)
            .map_err(failed)?;
        chart.with_projection(|mut projection| {
            projection.pitch = PITCH;
            projection.yaw = YAW;
            projection.scale = BOX_SCALE;
            projection.into_matrix()
        });
        Ok(chart)
    }
}

impl Picture for Scatter3d<'_> {
    fn size(&self) -> (u32, u32) {
        SIZE
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), Error> {
        let [right, back, up] = &self.axes;
        let (plot, legend) = canvas.split_horizontally(SIZE.0 - self.legend_width);
        let mut chart = self.chart(&plot)?;
        chart
            .configure_axes()
            .label_style((FONT, TEXT_SIZE - 2))
            .max_light_lines(1)
            .x_labels(MAX_LABELS)
            .y_labels(MAX_LABELS)
            .z_labels(MAX_LABELS)
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
        let [right_name, back_name, up_name] = self.shown_names()?;
        let width = text_width(&right_name, TEXT_SIZE)? as i32;
        let places = [
            (right_name, (middle(right), y.start, z.end), (-16 - width, 44)),
            (back_name, (x.end, y.start, middle(back)), (36, 44)),
            (up_name, (x.start, y.end, z.end), (-24, -22)),
        ];
        for (name, edge, (right, down)) in places {
            let (x, y) = chart.plotting_area().map_coordinate(&edge);
            write(canvas, &name, ((x - left + right).max(4), y - top + down), TEXT_SIZE)?;
        }
        draw_class_legend(&legend, &self.data.class_names)
    }
}
