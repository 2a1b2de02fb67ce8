//! Curves over the updates of one or several runs.

use super::axis::{Axis, Scale};
use super::canvas::{Canvas, FONT, Picture, class_colour, failed, fitted, longest, write};
use crate::error::{Error, PictureProblem};
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::cartesian::Cartesian2d;
use plotters::element::PathElement;
use plotters::prelude::{BLACK, Color, IntoDrawingArea, LineSeries, Polygon, SVGBackend};
use plotters::series::DashedLineSeries;
use plotters_backend::DrawingBackend;
use std::ops::Range;

const SIZE: (u32, u32) = (1000, 560);
const TEXT_SIZE: i32 = 18;
const LEGEND_LINE: i32 = 26;
/// The most ticks of the vertical axis.
const MOST_TICKS: usize = 20;
/// Pixels of a dash, and of the gap between two.
const DASH: u32 = 6;
const GAP: u32 = 4;
/// The longest curve in pixels that is drawn with a wide or dashed line; longer ones are drawn with a thin, light line.
const MAX_LENGTH: u64 = 20_000;
/// The opacity of a pale curve.
const PALE: f64 = 0.3;

/// How a curve is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// A line.
    Solid,
    /// Dashes, for validation curves.
    Dashed,
    /// A thin line in a light colour, for the values that another curve smooths.
    Pale,
    /// The area between two curves: the lower one's points, then the upper one's backwards.
    Band,
}

/// One curve.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Its name in the legend; `None` if the legend leaves it out.
    pub name: Option<String>,
    /// Its colour, as a number for [`class_colour`]. Curves of one run share a colour.
    pub colour: usize,
    /// How it is drawn.
    pub stroke: Stroke,
    /// Its points: update, or what else the chart is over, and value.
    pub points: Vec<(f64, f64)>,
}

/// A chart of curves.
pub struct Curves<'a> {
    title: &'a str,
    progress: &'a str,
    value: &'a str,
    curves: &'a [Curve],
    scale: Scale,
    x: Axis,
    y: Axis,
}

/// The position of a chart's axes, in pixels from the upper left corner, and their values.
#[derive(Clone, Debug)]
pub struct Frame {
    /// From left to right.
    pub columns: Range<i32>,
    /// From top to bottom.
    pub rows: Range<i32>,
    /// The updates, or what else the chart is over, at the left and the right end.
    pub x: Range<f64>,
    /// The values at the bottom and the top.
    pub y: Range<f64>,
}

/// Whether a curve has a value that an axis can show; NaN and infinity are none.
pub fn is_drawn(curve: &Curve) -> bool {
    Axis::around(curve.points.iter().map(|point| point.1), Scale::Linear).is_some()
}

type Chart<'a, DB> = ChartContext<'a, DB, Cartesian2d<Axis, Axis>>;

impl<'a> Curves<'a> {
    /// A chart with a title and a name for the values. A logarithmic scale shows only values above 0.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when there is no point to draw.
    pub fn new(title: &'a str, value: &'a str, curves: &'a [Curve], scale: Scale) -> Result<Self, Error> {
        let points = || curves.iter().flat_map(|curve| &curve.points);
        let x = Axis::around(points().map(|point| point.0), Scale::Linear);
        let y = Axis::around(points().map(|point| point.1), scale);
        let (x, y) = x.zip(y).ok_or(PictureProblem::NoPoints)?;
        Ok(Self { title, progress: "updates", value, curves, scale, x, y })
    }

    /// The chart with another name for the horizontal axis than updates.
    pub fn over(self, progress: &'a str) -> Self {
        Self { progress, ..self }
    }

    /// The chart over something else than updates, on a logarithmic axis, which shows only values above 0.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when there is no point to draw.
    pub fn over_logarithmic(self, progress: &'a str) -> Result<Self, Error> {
        let points = self.curves.iter().flat_map(|curve| &curve.points);
        let x = Axis::around(points.map(|point| point.0), Scale::Log).ok_or(PictureProblem::NoPoints)?;
        Ok(Self { progress, x, ..self })
    }

    /// The position of the axes.
    ///
    /// # Errors
    ///
    /// [`Error::Picture`] when it cannot be drawn.
    pub fn frame(&self) -> Result<Frame, Error> {
        use plotters::coord::ranged1d::Ranged;
        let mut unused = String::new();
        let canvas = SVGBackend::with_string(&mut unused, self.size()).into_drawing_area();
        let (plot, _) = canvas.split_vertically(SIZE.1);
        let (columns, rows) = self.chart(&plot)?.plotting_area().get_pixel_range();
        Ok(Frame { columns, rows, x: self.x.range(), y: self.y.range() })
    }

    fn chart<'b, DB: DrawingBackend>(&self, plot: &'b Canvas<DB>) -> Result<Chart<'b, DB>, Error> {
        let labels: Vec<String> =
            self.y.ticks(MOST_TICKS).into_iter().map(|tick| self.y.label(tick)).collect();
        // Beside the labels stands the name of the values.
        let labels_width = (longest(&labels, TEXT_SIZE)? + 40).max(84);
        ChartBuilder::on(plot)
            .caption(fitted(self.title, TEXT_SIZE + 4, SIZE.0 - 64)?, (FONT, TEXT_SIZE + 4))
            .margin(16)
            // Room for the last tick label, which extends beyond the axis.
            .margin_right(48)
            .x_label_area_size(52)
            .y_label_area_size(labels_width)
            .build_cartesian_2d(self.x.clone(), self.y.clone())
            .map_err(failed)
    }
}

impl Picture for Curves<'_> {
    fn size(&self) -> (u32, u32) {
        let named = self.curves.iter().filter(|curve| curve.name.is_some()).count();
        (SIZE.0, SIZE.1 + LEGEND_LINE as u32 * named as u32 + 16)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), Error> {
        let (plot, legend) = canvas.split_vertically(SIZE.1);
        let mut chart = self.chart(&plot)?;
        let value = match self.scale {
            Scale::Linear => self.value.to_owned(),
            Scale::Log => format!("{}, logarithmic", self.value),
        };
        chart
            .configure_mesh()
            .x_desc(self.progress)
            .y_desc(value)
            .x_label_formatter(&|tick| self.x.label(*tick))
            .y_label_formatter(&|tick| self.y.label(*tick))
            .label_style((FONT, TEXT_SIZE))
            .axis_desc_style((FONT, TEXT_SIZE))
            .max_light_lines(1)
            .bold_line_style(BLACK.mix(0.12))
            .draw()
            .map_err(failed)?;
        for Curve { colour, stroke, points, .. } in self.curves {
            let is_shown = |point: &&(f64, f64)| self.x.shows(point.0) && self.y.shows(point.1);
            let points: Vec<(f64, f64)> = points.iter().filter(is_shown).copied().collect();
            // Dashes of a noisy curve are not visible, and its wide lines would cover other curves.
            let dense = *stroke != Stroke::Band && chart_length(&chart, &points) > MAX_LENGTH;
            let stroke = if dense { Stroke::Pale } else { *stroke };
            let (colour, points) = (class_colour(*colour), points.into_iter());
            match stroke {
                Stroke::Solid => chart.draw_series(LineSeries::new(points, colour.stroke_width(2))).map(drop),
                Stroke::Pale => {
                    chart.draw_series(LineSeries::new(points, colour.mix(PALE).stroke_width(1))).map(drop)
                }
                Stroke::Dashed => chart
                    .draw_series(DashedLineSeries::new(points, DASH, GAP, colour.stroke_width(2)))
                    .map(drop),
                Stroke::Band => {
                    let area = Polygon::new(points.collect::<Vec<_>>(), colour.mix(PALE).filled());
                    chart.draw_series([area]).map(drop)
                }
            }
            .map_err(failed)?;
        }
        draw_legend(&legend, self.curves)
    }
}

/// The length of a curve in pixels.
fn chart_length<DB: DrawingBackend>(chart: &Chart<'_, DB>, points: &[(f64, f64)]) -> u64 {
    let pixels = points.iter().map(|point| chart.backend_coord(point));
    let steps = pixels.clone().zip(pixels.skip(1));
    steps.map(|(from, to)| u64::from(from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)))).sum()
}

fn draw_legend<DB: DrawingBackend>(area: &Canvas<DB>, curves: &[Curve]) -> Result<(), Error> {
    let named = curves.iter().filter_map(|curve| curve.name.as_ref().map(|name| (curve, name)));
    for (line, (curve, name)) in (0..).zip(named) {
        let y = LEGEND_LINE * line + LEGEND_LINE / 2;
        let colour = class_colour(curve.colour);
        let style = match curve.stroke {
            Stroke::Solid | Stroke::Dashed => colour.stroke_width(3),
            Stroke::Pale => colour.mix(PALE).stroke_width(1),
            Stroke::Band => colour.mix(PALE).stroke_width(12),
        };
        let pieces: &[[i32; 2]] =
            if curve.stroke == Stroke::Dashed { &[[100, 112], [118, 130]] } else { &[[100, 130]] };
        for &[from, to] in pieces {
            area.draw(&PathElement::new([(from, y), (to, y)], style)).map_err(failed)?;
        }
        write(area, name, (140, y), TEXT_SIZE)?;
    }
    Ok(())
}
