//! The curves of a run, as a picture and as values to show at the pointer.

use super::figure::{Figure, Interaction, Kind, View};
use super::thinning::{MAX_POINTS, extremes, smoothed, thinned};
use crate::error::Error;
use crate::plots::{Curve, Curves, Scale, Stroke, is_drawn};
use emberlab_config::ScoreName;
use emberlab_models::Unit;
use emberlab_run::metrics_file::MetricRow;
use serde_json::{Value, json};

/// The most points of all curves of a figure, and the least number of points of one curve.
const MAX_FIGURE_POINTS: usize = 8_000;
const MIN_POINTS: usize = 50;
/// Smoothing averages over one part of the curve in this many.
const SMOOTHED_SHARE: usize = 25;

/// The curves of a metric: each update of the training part, and its running mean if `noisy`; the validation part after
/// each epoch; the test part, which is scored once, as a horizontal line.
pub fn metric_curves(metrics: &[MetricRow], metric: &str, noisy: bool) -> Vec<Curve> {
    let points = |split: &str| -> Vec<(f64, f64)> {
        let rows = metrics.iter().filter(|row| &*row.split == split && &*row.metric == metric);
        rows.map(|row| (row.iteration as f64, row.value)).collect()
    };
    let curve =
        |name: String, colour: usize, stroke, points| Curve { name: Some(name), colour, stroke, points };
    let train = points("train");
    let mut curves = Vec::new();
    let window = window(metrics, train.len());
    let (each, every) = thinned(&train);
    let name = match every {
        1 => "training, each update".to_owned(),
        every => format!("training, means of {every} updates"),
    };
    if noisy && window > 2 {
        curves.push(curve(name, 0, Stroke::Pale, each));
        let name = format!("training, running mean of {window} updates");
        curves.push(curve(name, 0, Stroke::Solid, smoothed(&train, window, every)));
    } else {
        curves.push(curve(name, 0, Stroke::Solid, each));
    }
    curves.push(curve("validation".into(), 1, Stroke::Dashed, points("valid")));
    let mut test = points("test");
    if let [(_, value)] = test[..] {
        let last = train.last().map_or(1.0, |point| point.0);
        test = vec![(train.first().map_or(0.0, |point| point.0), value), (last, value)];
    }
    curves.push(curve("test, of the final weights".into(), 2, Stroke::Dashed, test));
    curves.retain(is_drawn);
    curves
}

/// The number of updates to smooth over: whole epochs if they are short, so that all samples count equally.
fn window(metrics: &[MetricRow], updates: usize) -> usize {
    let wanted = updates / SMOOTHED_SHARE;
    let mut train = metrics.iter().filter(|row| &*row.split == "train");
    let epoch = match train.next() {
        Some(first) => {
            1 + train.filter(|row| (row.epoch, &row.metric) == (first.epoch, &first.metric)).count()
        }
        None => 1,
    };
    if 4 * epoch <= updates { epoch * (wanted / epoch).max(1) } else { wanted }
}

/// The label of the axis for a metric, or for the loss.
pub fn axis(metric: &str) -> String {
    ScoreName::named(metric).map_or_else(|| metric.to_owned(), |name| name.description().axis())
}

/// The scales that a metric, or the loss, is drawn on: a share on a linear one alone.
pub fn scales(metric: &str) -> &'static [Scale] {
    match ScoreName::named(metric).map(|name| name.description().unit) {
        Some(Unit::Nats) => &[Scale::Linear, Scale::Log],
        Some(Unit::Share) | None => &[Scale::Linear],
    }
}

/// The name of a metric as the stem of a file's name.
pub fn file_stem(metric: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    metric.chars().map(plain).collect()
}

/// A figure of curves over updates, with a view for each of `scales`. A logarithmic view needs values above 0 that differ.
///
/// # Errors
///
/// [`Error::Picture`] when there is nothing to draw.
pub fn curve_figure(
    name: &str,
    title: &str,
    caption: &str,
    value: &str,
    curves: &[Curve],
    scales: &[Scale],
) -> Result<Figure, Error> {
    // Others are left out on each axis.
    let points = || curves.iter().flat_map(|curve| &curve.points).filter(|point| point.1.is_finite());
    let first = points().next().map_or(0.0, |point| point.1);
    // Constant curves look the same on every axis.
    let useful_log = points().all(|point| point.1 > 0.0) && points().any(|point| point.1 != first);
    let mut views = Vec::new();
    for &scale in scales.iter().filter(|scale| **scale == Scale::Linear || useful_log) {
        let (file, label) = match scale {
            Scale::Linear => (name.to_owned(), "linear"),
            Scale::Log => (format!("{name}-log"), "logarithmic"),
        };
        let over = Over { label, ..Over::UPDATES };
        views.push(curve_view(&file, title, value, curves, scale, over)?);
    }
    Ok(Figure { title: title.to_owned(), caption: caption.to_owned(), kind: Kind::Chart, views })
}

/// What curves are drawn over.
#[derive(Clone, Copy, Debug)]
pub struct Over {
    /// The button of the view.
    pub label: &'static str,
    /// The name of the axis.
    pub axis: &'static str,
    /// The word before a value of the axis.
    pub word: &'static str,
}

impl Over {
    /// Updates.
    pub const UPDATES: Self = Self { label: "linear", axis: "updates", word: "update" };
    /// Samples that were seen, those of each epoch counted again.
    pub const SAMPLES: Self = Self { label: "by samples", axis: "samples seen", word: "samples" };
    /// Seconds of training.
    pub const SECONDS: Self = Self { label: "by time", axis: "seconds of training", word: "seconds" };
}

/// A view of curves.
///
/// # Errors
///
/// [`Error::Picture`] when there is nothing to draw.
pub fn curve_view(
    file: &str,
    title: &str,
    value: &str,
    curves: &[Curve],
    scale: Scale,
    over: Over,
) -> Result<View, Error> {
    let most = (MAX_FIGURE_POINTS / curves.len().max(1)).clamp(MIN_POINTS, MAX_POINTS);
    let thin = |curve: &Curve| match curve.stroke {
        Stroke::Band => curve.clone(),
        _ => Curve { points: extremes(&curve.points, most), ..curve.clone() },
    };
    let curves = &curves.iter().map(thin).collect::<Vec<_>>()[..];
    let picture = Curves::new(title, value, curves, scale)?.over(over.axis);
    let interaction = Some(Interaction::Pointed(pointed(&picture, curves, scale, over)?));
    Ok(View { interaction, label: over.label, ..View::draw(file, &picture)? })
}

/// The values that a page shows at the pointer: the position of the axes, and every point.
fn pointed(picture: &Curves<'_>, curves: &[Curve], scale: Scale, over: Over) -> Result<Value, Error> {
    let frame = picture.frame()?;
    let named = curves.iter().filter(|curve| curve.stroke != Stroke::Band);
    let series = named.filter_map(|curve| {
        let name = curve.name.as_ref()?;
        let color = crate::plots::class_colour(curve.colour);
        let points = |part: fn(&(f64, f64)) -> f64| -> Vec<f64> {
            let finite = curve.points.iter().filter(|point| point.0.is_finite() && point.1.is_finite());
            finite.map(|point| round(part(point))).collect()
        };
        Some(json!({
            "name": name,
            "color": format!("#{:02x}{:02x}{:02x}", color.0, color.1, color.2),
            "x": points(|point| point.0),
            "y": points(|point| point.1),
        }))
    });
    Ok(json!({
        "columns": [frame.columns.start, frame.columns.end],
        "rows": [frame.rows.start, frame.rows.end],
        "x": [frame.x.start, frame.x.end],
        "y": [frame.y.start, frame.y.end],
        "log": scale == Scale::Log,
        "over": over.word,
        "series": series.collect::<Vec<_>>(),
    }))
}

/// Rounds to seven significant digits, which takes half of the bytes.
fn round(value: f64) -> f64 {
    format!("{value:.6e}").parse().unwrap_or(value)
}
