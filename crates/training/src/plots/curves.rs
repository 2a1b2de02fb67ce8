//! Curves over the updates of runs.

use super::canvas::{Canvas, FONT, class_colour, failed, padded_range, png, text_style};
use crate::error::Error;
use plotters::chart::ChartBuilder;
use plotters::prelude::{BLACK, Color, LineSeries, Text};
use plotters::series::DashedLineSeries;

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

/// Draws curves over one pair of axes, as a PNG.
///
/// # Errors
///
/// [`Error::Picture`], also when there is no point to draw.
pub fn curves(title: &str, value: &str, curves: &[Curve]) -> Result<Vec<u8>, Error> {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let (Some(x), Some(y)) =
        (padded_range(points().map(|point| point.0)), padded_range(points().map(|point| point.1)))
    else {
        return Err(Error::Picture("no run has recorded anything yet".into()));
    };
    let legend_height = LEGEND_LINE * curves.iter().filter(|curve| curve.name.is_some()).count() as i32 + 16;
    png((SIZE.0, SIZE.1 + legend_height as u32), |canvas| {
        let (plot, legend) = canvas.split_vertically(SIZE.1);
        let mut chart = ChartBuilder::on(&plot)
            .caption(title, (FONT, TEXT_SIZE + 6))
            .margin(16)
            .x_label_area_size(52)
            .y_label_area_size(80)
            .build_cartesian_2d(x, y)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .x_desc("updates")
            .y_desc(value)
            .x_label_formatter(&|updates| format!("{updates:.0}"))
            .label_style((FONT, TEXT_SIZE))
            .axis_desc_style((FONT, TEXT_SIZE))
            .light_line_style(BLACK.mix(0.05))
            .bold_line_style(BLACK.mix(0.12))
            .draw()
            .map_err(failed)?;
        for Curve { colour, dashed, points, .. } in curves {
            let style = class_colour(*colour).stroke_width(2);
            let points = points.iter().copied();
            match dashed {
                true => chart.draw_series(DashedLineSeries::new(points, 6, 4, style)).map(drop),
                false => chart.draw_series(LineSeries::new(points, style)).map(drop),
            }
            .map_err(failed)?;
        }
        draw_legend(&legend, curves)
    })
}

fn draw_legend(area: &Canvas<'_>, curves: &[Curve]) -> Result<(), Error> {
    let named = curves.iter().filter_map(|curve| curve.name.as_ref().map(|name| (curve, name)));
    for (line, (curve, name)) in (0..).zip(named) {
        let y = LEGEND_LINE * line + LEGEND_LINE / 2;
        let style = class_colour(curve.colour).stroke_width(3);
        area.draw(&plotters::element::PathElement::new([(96, y), (126, y)], style)).map_err(failed)?;
        area.draw(&Text::new(name.clone(), (136, y), text_style(TEXT_SIZE))).map_err(failed)?;
    }
    Ok(())
}
