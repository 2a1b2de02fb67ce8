//! The curves of a run, as a picture and as numbers to point at.

use super::figure::{Figure, Kind, View};
use crate::error::Error;
use crate::plots::{Curve, Curves, Scale, Stroke};
use emberlab_config::ScoreName;
use emberlab_models::Unit;
use emberlab_run::metrics_file::MetricRow;
use serde_json::{Value, json};

/// The most points of a curve; of more, each is the mean of several that follow each other.
const MAX_POINTS: usize = 2000;
/// The most points of all curves of a figure, and the fewest of a curve where there are many of them.
const MAX_FIGURE_POINTS: usize = 16_000;
const MIN_POINTS: usize = 50;
/// Smoothing looks at this part of the curve at once.
const SMOOTHED_SHARE: usize = 25;

/// The curves of a metric of each part: every update of the training part, a running mean over it where updates see
/// mini-batches; the validation part after each epoch; of the test part, which is scored once, a level.
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
    match noisy && window > 2 {
        true => {
            curves.push(curve(name, 0, Stroke::Pale, each));
            let name = format!("training, running mean of {window} updates");
            curves.push(curve(name, 0, Stroke::Solid, smoothed(&train, window, every)));
        }
        false => curves.push(curve(name, 0, Stroke::Solid, each)),
    }
    curves.push(curve("validation".into(), 1, Stroke::Dashed, points("valid")));
    let mut test = points("test");
    if let [(_, value)] = test[..] {
        let last = train.last().map_or(1.0, |point| point.0);
        test = vec![(train.first().map_or(0.0, |point| point.0), value), (last, value)];
    }
    curves.push(curve("test, of the final weights".into(), 2, Stroke::Dashed, test));
    curves.retain(|curve| !curve.points.is_empty());
    curves
}

/// At most [`MAX_POINTS`] points, and of how many each is the mean.
fn thinned(points: &[(f64, f64)]) -> (Vec<(f64, f64)>, usize) {
    let every = points.len().div_ceil(MAX_POINTS).max(1);
    let mean = |points: &[(f64, f64)]| {
        let n = points.len() as f64;
        let sum = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
        (sum.0 / n, sum.1 / n)
    };
    (points.chunks(every).map(mean).collect(), every)
}

/// Updates that are smoothed over: whole epochs, where they are short, so that each sample counts as often as others.
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

/// The mean of `window` values around each `every`-th point: at the beginning, where a curve falls, of as many as there
/// are to either side, at the end of the last ones. Each is a sum of its own, so that one large value does not take the
/// digits of those after it.
fn smoothed(points: &[(f64, f64)], window: usize, every: usize) -> Vec<(f64, f64)> {
    let mean = |(index, point): (usize, &(f64, f64))| {
        let before = (window / 2).min(index);
        let after = (window - window / 2).min(before + 1);
        let to = (index + after).min(points.len());
        let seen = &points[to.saturating_sub(before + after)..to];
        (point.0, seen.iter().map(|point| point.1).sum::<f64>() / seen.len() as f64)
    };
    points.iter().enumerate().skip(every / 2).step_by(every).map(mean).collect()
}

/// At most about `most` points that look the same: of as many neighbours as needed the lowest and the highest.
fn extremes(points: &[(f64, f64)], most: usize) -> Vec<(f64, f64)> {
    let every = points.len().div_ceil((most / 2).max(1)).max(1);
    if points.len() <= most || every < 3 {
        return points.to_vec();
    }
    let ends = |points: &[(f64, f64)]| {
        let finite = points.iter().enumerate().filter(|(_, point)| point.1.is_finite());
        let lowest = finite.clone().min_by(|left, right| left.1.1.total_cmp(&right.1.1));
        let highest = finite.max_by(|left, right| left.1.1.total_cmp(&right.1.1));
        let (low, high) = (lowest.map(|(index, _)| index), highest.map(|(index, _)| index));
        let (first, second) = (low.min(high), low.max(high).filter(|_| low != high));
        [first, second].into_iter().flatten().map(|index| points[index]).collect::<Vec<_>>()
    };
    points.chunks(every).flat_map(ends).collect()
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

/// Curves as a figure, with a logarithmic view where that is asked for and every value is above 0.
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
    let most = (MAX_FIGURE_POINTS / curves.len().max(1)).clamp(MIN_POINTS, MAX_POINTS);
    let thin = |curve: &Curve| match curve.stroke {
        Stroke::Band => curve.clone(),
        _ => Curve { points: extremes(&curve.points, most), ..curve.clone() },
    };
    let curves = &curves.iter().map(thin).collect::<Vec<_>>()[..];
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let first = points().next().map_or(0.0, |point| point.1);
    // What never changes looks the same on every axis.
    let useful_log = points().all(|point| point.1 > 0.0) && points().any(|point| point.1 != first);
    let mut views = Vec::new();
    for &scale in scales.iter().filter(|scale| **scale == Scale::Linear || useful_log) {
        let picture = Curves::new(title, value, curves, scale)?;
        let file = if scale == Scale::Log { format!("{name}-log") } else { name.to_owned() };
        let view = View::draw(&file, &picture)?;
        views.push(View { pointed: Some(pointed(&picture, curves, scale)?), scale, ..view });
    }
    Ok(Figure { title: title.to_owned(), caption: caption.to_owned(), kind: Kind::Chart, views })
}

/// What a page needs to tell the values under the pointer: where the axes are, and every point.
fn pointed(picture: &Curves<'_>, curves: &[Curve], scale: Scale) -> Result<Value, Error> {
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
        "series": series.collect::<Vec<_>>(),
    }))
}

/// Seven digits that count are more than anyone points at, and half of the bytes.
fn round(value: f64) -> f64 {
    format!("{value:.6e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothing_leaves_what_is_straight_and_levels_what_alternates() {
        let line: Vec<(f64, f64)> = (0..50).map(|x| (f64::from(x), 3.0 - 0.5 * f64::from(x))).collect();
        for (smooth, straight) in smoothed(&line, 5, 1)[..48].iter().zip(&line) {
            assert!((smooth.1 - straight.1).abs() < 1e-12);
        }
        let noise: Vec<(f64, f64)> = (0..50).map(|x| (f64::from(x), f64::from(x % 2))).collect();
        assert!(smoothed(&noise, 10, 1)[5..45].iter().all(|point| (point.1 - 0.5).abs() < 1e-12));
    }

    #[test]
    fn one_large_value_does_not_spoil_the_means_after_it() {
        let mut points: Vec<(f64, f64)> = (0..100).map(|x| (f64::from(x), 0.5)).collect();
        points[20].1 = 1e38;
        let smooth = smoothed(&points, 10, 1);
        assert!((smooth[20].1 - 1e37).abs() < 1e30 && smooth[40..].iter().all(|point| point.1 == 0.5));
    }

    #[test]
    fn extremes_of_long_curves_stay() {
        let mut points: Vec<(f64, f64)> = (0..1_000_000).map(|x| (f64::from(x), f64::from(x % 7))).collect();
        (points[500_001].1, points[500_002].1, points[500_003].1) = (-90.0, f64::NAN, 80.0);
        let thin = extremes(&points, 2000);
        assert!((1000..=2000).contains(&thin.len()), "{}", thin.len());
        assert!(thin.contains(&(500_001.0, -90.0)) && thin.contains(&(500_003.0, 80.0)));
        assert!(thin.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(extremes(&points[..1500], 2000), points[..1500]);
    }

    #[test]
    fn long_curves_become_means_of_their_points() {
        let long: Vec<(f64, f64)> = (1..=5000).map(|x| (f64::from(x), f64::from(2 * x))).collect();
        let (thin, every) = thinned(&long);
        assert_eq!((thin.len(), every, thin[0]), (1667, 3, (2.0, 4.0)));
        assert_eq!(thinned(&long[..2000]), (long[..2000].to_vec(), 1));
    }
}
