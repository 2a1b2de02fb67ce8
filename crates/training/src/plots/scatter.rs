//! Samples of a table as points in a plane.

use super::canvas::{Canvas, FONT, Picture, failed, longest, padded_range, write};
use super::mark::Mark;
use crate::error::Error;
use emberlab_data::{Features, LabelledData};
use plotters::chart::ChartBuilder;
use plotters::prelude::{BLACK, Color};
use plotters_backend::DrawingBackend;

const SIZE: (u32, u32) = (900, 700);
const TEXT_SIZE: i32 = 18;
/// The most classes that a legend has room for.
const MAX_LEGEND: usize = 20;

/// Two columns of a table, a colour and a mark for each class.
pub struct Scatter<'a> {
    title: &'a str,
    data: &'a LabelledData,
    values: &'a [f64],
    names: &'a [String],
    /// The columns from left to right and upwards.
    columns: [usize; 2],
    legend_width: u32,
}

impl<'a> Scatter<'a> {
    /// A picture of two columns, the second axis empty where both are the same; nothing for images.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`].
    pub fn new(title: &'a str, data: &'a LabelledData, columns: [usize; 2]) -> Result<Option<Self>, Error> {
        let Features::Table { values, columns: names } = &data.features else { return Ok(None) };
        let legend_width = legend_width(&data.class_names)?;
        Ok(Some(Self { title, data, values, names, columns, legend_width }))
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
        let range =
            |column: usize| padded_range((0..data.len()).map(|row| value(row, column))).unwrap_or(-1.0..1.0);
        let y_range = if one_column { -1.0..1.0 } else { range(y) };
        let (plot, legend) = canvas.split_horizontally(SIZE.0 - self.legend_width);
        let mut chart = ChartBuilder::on(&plot)
            .caption(self.title, (FONT, TEXT_SIZE + 6))
            .margin(16)
            .x_label_area_size(52)
            .y_label_area_size(if one_column { 16 } else { 72 })
            .build_cartesian_2d(range(x), y_range)
            .map_err(failed)?;
        let mut mesh = chart.configure_mesh();
        mesh.x_desc(names[x].as_str()).label_style((FONT, TEXT_SIZE)).axis_desc_style((FONT, TEXT_SIZE));
        match one_column {
            true => mesh.disable_y_mesh().disable_y_axis(),
            false => mesh.y_desc(names[y].as_str()),
        };
        mesh.light_line_style(BLACK.mix(0.05)).bold_line_style(BLACK.mix(0.12)).draw().map_err(failed)?;
        for class in 0..data.n_classes() {
            let rows = (0..data.len()).filter(|&row| data.labels[row] as usize == class);
            chart.draw_series(rows.map(|row| Mark { class, at: point(row) })).map_err(failed)?;
        }
        draw_legend(&legend, &data.class_names)
    }
}

/// Room for a mark and the longest name.
fn legend_width(names: &[String]) -> Result<u32, Error> {
    Ok((longest(names, TEXT_SIZE)? + 48).min(SIZE.0 / 3))
}

fn draw_legend<DB: DrawingBackend>(area: &Canvas<DB>, names: &[String]) -> Result<(), Error> {
    const TOP: i32 = 64;
    const LINE: i32 = 26;
    for (class, name) in names.iter().enumerate().take(MAX_LEGEND) {
        let y = TOP + LINE * class as i32;
        area.draw(&Mark { class, at: (10, y) }).map_err(failed)?;
        write(area, name, (26, y), TEXT_SIZE)?;
    }
    Ok(())
}
