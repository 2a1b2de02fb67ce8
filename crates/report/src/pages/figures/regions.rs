//! The predictions of a run over the plane of two columns.

use crate::error::Error;
use crate::pages::computed::TrainedNetwork;
use crate::pages::figure::{Figure, Kind};
use crate::pages::material::Material;
use crate::plots::{Regions, Scatter};
use emberlab_data::Features;
use std::ops::Range;

/// The number of points in each direction at which the network predicts.
const GRID_SIZE: usize = 240;
/// The largest distance of a sample from the slice that is drawn strong, in standard deviations of the third column.
const NEAR_SLICE: f64 = 0.5;

/// Draws the predictions in the plane of two columns, or of three columns in the slice through the mean of the third.
pub fn draw(material: &Material) -> Result<Vec<Figure>, Error> {
    let (Some(network), Some(splits)) = (&material.network, &material.splits) else { return Ok(Vec::new()) };
    let train = &splits.train.samples;
    let Features::Table { values, columns } = &train.features else { return Ok(Vec::new()) };
    if !(2..=3).contains(&columns.len()) {
        return Ok(Vec::new());
    }
    let third = columns.get(2).map(|_| statistics(values.iter().skip(2).step_by(3).copied()));
    let title = match &third {
        None => format!("{}: predictions", material.config.name),
        Some((mean, _)) => {
            format!("{}: predictions at {} = {mean:.3}", material.config.name, columns[2])
        }
    };
    let Some(picture) = Scatter::new(&title, train, [0, 1])? else { return Ok(Vec::new()) };
    let faint = match third {
        None => Vec::new(),
        Some((mean, std)) => {
            values.iter().skip(2).step_by(3).map(|value| (value - mean).abs() > NEAR_SLICE * std).collect()
        }
    };
    let regions = predicted_regions(&**network, picture.ranges(), third.map(|(mean, _)| mean));
    let caption = match third {
        None => {
            "The colour of a point is the predicted class, the stronger the more probable. The marks are the training samples."
        }
        Some(_) => {
            "A slice through the mean of the third feature. The colour of a point is the predicted class, the stronger the more probable. Training samples near the slice are strong, others faint."
        }
    };
    let picture = picture.over(regions, faint);
    Ok(vec![Figure::new("regions", &title, caption, Kind::Chart, &picture)?])
}

/// Mean and standard deviation, by `n`.
fn statistics(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / n;
    (mean, (values.map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt())
}

/// Predicts on a grid over two columns, from the upper left corner, row after row.
fn predicted_regions(network: &dyn TrainedNetwork, [x, y]: [Range<f64>; 2], third: Option<f64>) -> Regions {
    let coordinate = |range: &Range<f64>, index: usize| {
        range.start + (range.end - range.start) * (index as f64 + 0.5) / GRID_SIZE as f64
    };
    let n_features = 2 + usize::from(third.is_some());
    let mut classes = Vec::with_capacity(GRID_SIZE * GRID_SIZE);
    for row in (0..GRID_SIZE).rev() {
        let points = (0..GRID_SIZE)
            .flat_map(|column| [coordinate(&x, column), coordinate(&y, row)].into_iter().chain(third));
        let (predictions, probabilities) = network.predict(&Features::table(points.collect(), n_features));
        let rows = probabilities.chunks_exact((probabilities.len() / GRID_SIZE).max(1));
        classes.extend(predictions.into_iter().zip(rows).map(|(class, row)| (class, row[class])));
    }
    Regions { n_columns: GRID_SIZE, classes }
}
