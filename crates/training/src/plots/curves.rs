//! Curves over the updates of runs.

use super::canvas::{Canvas, FONT, Picture, class_colour, failed, padded_range, write};
use crate::error::Error;
use plotters::chart::ChartBuilder;
use plotters::element::PathElement;
use plotters::prelude::{BLACK, Color, LineSeries};
use plotters::series::DashedLineSeries;
use plotters_backend::DrawingBackend;
use std::ops::Range;

const SIZE: (u32, u32) = (1000, 640);
const TEXT_SIZE: i32 = 18;
const LEGEND_LINE: i32 = 26;

/// One curve; those of one run share a colour.
pub struct Curve {
    /// What it is called in the legend; nothing for one that the legend leaves out.
    pub name: Option<String>,
    /// Which colour it has.
    pub colour: usize,
    /// Whether it is dashed, as those of validation parts are.
    pub dashed: bool,
    /// Updates and values.
    pub points: Vec<(f64, f64)>,
}

/// Curves over one pair of axes.
pub struct Curves<'a> {
    title: &'a str,
    value: &'a str,
    curves: &'a [Curve],
    ranges: (Range<f64>, Range<f64>),
}

impl<'a> Curves<'a> {
    /// A picture with a title and a name for the values.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when there is no point to draw.
    pub fn new(title: &'a str, value: &'a str, curves: &'a [Curve]) -> Result<Self, Error> {
        let points = || curves.iter().flat_map(|curve| &curve.points);
        let x = padded_range(points().map(|point| point.0));
        let y = padded_range(points().map(|point| point.1));
        let ranges = x.zip(y).ok_or_else(|| Error::Picture("no run has recorded anything yet".into()))?;
        Ok(Self { title, value, curves, ranges })
    }
}

impl Picture for Curves<'_> {
    fn size(&self) -> (u32, u32) {
        let named = self.curves.iter().filter(|curve| curve.name.is_some()).count();
        (SIZE.0, SIZE.1 + LEGEND_LINE as u32 * named as u32 + 16)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), Error> {
        let (plot, legend) = canvas.split_vertically(SIZE.1);
        let mut chart = ChartBuilder::on(&plot)
            .caption(self.title, (FONT, TEXT_SIZE + 6))
            .margin(16)
            // The last number of the axis reaches beyond it.
            .margin_right(48)
            .x_label_area_size(52)
            .y_label_area_size(80)
            .build_cartesian_2d(self.ranges.0.clone(), self.ranges.1.clone())
            .map_err(failed)?;
        chart
            .configure_mesh()
            .x_desc("updates")
            .y_desc(self.value)
            .x_label_formatter(&|updates| format!("{updates:.0}"))
            .label_style((FONT, TEXT_SIZE))
            .axis_desc_style((FONT, TEXT_SIZE))
            .light_line_style(BLACK.mix(0.05))
            .bold_line_style(BLACK.mix(0.12))
            .draw()
            .map_err(failed)?;
        for Curve { colour, dashed, points, .. } in self.curves {
            let style = class_colour(*colour).stroke_width(2);
            let points = points.iter().copied();
            match dashed {
                true => chart.draw_series(DashedLineSeries::new(points, 6, 4, style)).map(drop),
                false => chart.draw_series(LineSeries::new(points, style)).map(drop),
            }
            .map_err(failed)?;
        }
        draw_legend(&legend, self.curves)
    }
}

fn draw_legend<DB: DrawingBackend>(area: &Canvas<DB>, curves: &[Curve]) -> Result<(), Error> {
    let named = curves.iter().filter_map(|curve| curve.name.as_ref().map(|name| (curve, name)));
    for (line, (curve, name)) in (0..).zip(named) {
        let y = LEGEND_LINE * line + LEGEND_LINE / 2;
        let style = class_colour(curve.colour).stroke_width(3);
        let pieces: &[[i32; 2]] = if curve.dashed { &[[96, 108], [114, 126]] } else { &[[96, 126]] };
        for &[from, to] in pieces {
            area.draw(&PathElement::new([(from, y), (to, y)], style)).map_err(failed)?;
        }
        write(area, name, (136, y), TEXT_SIZE)?;
    }
    Ok(())
}
