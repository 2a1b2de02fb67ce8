//! Histograms of weights and gradients over a run.

use super::axis::{Axis, Scale};
use super::canvas::{Canvas, FONT, Picture, class_colour, failed, text_width, write};
use super::short::short;
use crate::error::Error;
use emberlab_run::histograms_file::{HistogramRow, N_BINS};
use plotters::chart::ChartBuilder;
use plotters::coord::ranged1d::Ranged;
use plotters::prelude::{BLACK, Color, Rectangle};
use plotters_backend::DrawingBackend;
use std::collections::HashSet;

const TITLE_SIZE: i32 = 22;
const TEXT_SIZE: i32 = 15;
const MARGIN: u32 = 16;
const TOP: u32 = 56;
const PANEL: (u32, u32) = (480, 210);
/// The least height of a box, as a share of the axis: about two pixels.
const LEAST_SHARE: f64 = 0.014;
/// The most parameters that are shown; of more, only weights are shown.
const MAX_PARAMETERS: usize = 8;
/// The most histograms that are drawn for a parameter.
const MAX_SNAPSHOTS: usize = 48;
/// The columns: the kind of entries, and the prefix of the name.
const COLUMNS: [(&str, &str); 2] = [("weight", ""), ("gradient", "∂loss/∂")];

/// One row for each parameter: its values on the left, its gradient on the right. Each recorded update is a column of boxes;
/// the darker a box, the more entries it has.
pub struct Histograms<'a> {
    title: &'a str,
    parameters: Vec<&'a str>,
    rows: &'a [HistogramRow],
    title_width: u32,
}

impl<'a> Histograms<'a> {
    /// A picture of a run's histograms; `None` if there are none.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when the letters cannot be read.
    pub fn new(title: &'a str, rows: &'a [HistogramRow]) -> Result<Option<Self>, Error> {
        let mut known = HashSet::new();
        let mut parameters: Vec<&str> = rows.iter().map(|row| row.parameter.as_str()).collect();
        parameters.retain(|parameter| known.insert(*parameter));
        if parameters.len() > MAX_PARAMETERS {
            parameters.retain(|name| name.ends_with(".weight") && !name.starts_with("norms"));
            parameters.truncate(MAX_PARAMETERS);
        }
        if parameters.is_empty() {
            return Ok(None);
        }
        let title_width = super::canvas::longest(&[title.to_owned()], TITLE_SIZE)?;
        Ok(Some(Self { title, parameters, rows, title_width }))
    }
}

impl Picture for Histograms<'_> {
    fn size(&self) -> (u32, u32) {
        let width = (COLUMNS.len() as u32 * PANEL.0).max(self.title_width) + 2 * MARGIN;
        (width, TOP + self.parameters.len() as u32 * PANEL.1 + MARGIN)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), Error> {
        write(canvas, self.title, (MARGIN as i32, 26), TITLE_SIZE)?;
        for (line, parameter) in self.parameters.iter().enumerate() {
            for (column, (of, prefix)) in COLUMNS.iter().enumerate() {
                let rows: Vec<&HistogramRow> =
                    self.rows.iter().filter(|row| row.parameter == *parameter && row.of == *of).collect();
                let every = rows.len().div_ceil(MAX_SNAPSHOTS).max(1);
                let rows: Vec<&HistogramRow> = rows.into_iter().step_by(every).collect();
                let left = MARGIN as i32 + column as i32 * PANEL.0 as i32;
                let top = TOP as i32 + line as i32 * PANEL.1 as i32;
                let (_, below) = canvas.split_vertically(top);
                let (_, area) = below.split_horizontally(left);
                let (area, _) = area.split_horizontally(PANEL.0);
                let (area, _) = area.split_vertically(PANEL.1);
                let last_line = line + 1 == self.parameters.len();
                draw_panel(&area, &format!("{prefix}{parameter}"), &rows, last_line)?;
            }
        }
        Ok(())
    }
}

/// Draws the histograms of one parameter side by side. Each extends to the update of the next.
fn draw_panel<DB: DrawingBackend>(
    area: &Canvas<DB>,
    name: &str,
    rows: &[&HistogramRow],
    names_updates: bool,
) -> Result<(), Error> {
    let (first, last) = match rows {
        [first, .., last] => (first.iteration, last.iteration),
        [only] => (only.iteration, only.iteration),
        [] => return Ok(()),
    };
    let step = (last.saturating_sub(first) / (rows.len() - 1).max(1)).max(1);
    let end = last as f64 + step as f64;
    let values = rows.iter().flat_map(|row| [row.low, row.high]);
    let Some(y) = Axis::around(values, Scale::Linear) else { return Ok(()) };
    let values_range = y.range();
    let mut chart = ChartBuilder::on(area)
        .margin_right(24)
        .margin_top(24)
        .x_label_area_size(if names_updates { 40 } else { 26 })
        .y_label_area_size(74)
        .build_cartesian_2d(Axis::linear(first as f64..end), y)
        .map_err(failed)?;
    let mut mesh = chart.configure_mesh();
    if names_updates {
        mesh.x_desc("updates");
    }
    mesh.x_labels(5)
        .y_labels(5)
        .x_label_formatter(&|value| short(value.round()))
        .label_style((FONT, TEXT_SIZE))
        .axis_desc_style((FONT, TEXT_SIZE))
        .max_light_lines(1)
        .bold_line_style(BLACK.mix(0.08))
        .draw()
        .map_err(failed)?;
    // Thinner boxes are not visible.
    let least = LEAST_SHARE * (values_range.end - values_range.start);
    let mut from_updates = rows.iter().map(|row| row.iteration as f64).skip(1).chain([end]);
    for row in rows {
        let (from, to) = (row.iteration as f64, from_updates.next().unwrap_or(end));
        let counts = row.counts().unwrap_or_default();
        let largest = counts.iter().max().copied().unwrap_or(0).max(1) as f64;
        let height = (row.high - row.low) / N_BINS as f64;
        let filled = counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let boxes = filled.map(|(bin, &count)| {
            let middle = row.low + (bin as f64 + if height > 0.0 { 0.5 } else { 0.0 }) * height;
            let half = height.max(least) / 2.0;
            let (bottom, top) = (middle - half, middle + half);
            // The square root makes tails visible.
            let strength = 0.08 + 0.92 * (count as f64 / largest).sqrt();
            Rectangle::new([(from, bottom), (to, top)], class_colour(0).mix(strength).filled())
        });
        chart.draw_series(boxes).map_err(failed)?;
    }
    let width = text_width(name, TEXT_SIZE)? as i32;
    write(area, name, ((PANEL.0 as i32 - 24 - width).min(74), 12), TEXT_SIZE)
}
