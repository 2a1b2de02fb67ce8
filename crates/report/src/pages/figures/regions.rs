//! What a run predicts over the plane of two columns.

use crate::error::Error;
use crate::pages::computed::TrainedNetwork;
use crate::pages::figure::{Figure, Kind};
use crate::pages::material::Material;
use crate::plots::{Regions, Scatter};
use emberlab_data::Features;
use std::ops::Range;

/// Places from left to right and from top to bottom at which the network predicts.
const REGION_PLACES: usize = 240;
/// Samples this near to a slice, in standard deviations of the column it is made through, are strong.
const NEAR_SLICE: f64 = 0.5;

/// What the run predicts in the plane of two columns, or in a slice of space through the mean of the third.
pub fn draw(material: &Material) -> Result<Vec<Figure>, Error> {
    let (Some(network), Some(splits)) = (&material.network, &material.splits) else { return Ok(Vec::new()) };
    let train = &splits.train.samples;
    let Features::Table { values, columns } = &train.features else { return Ok(Vec::new()) };
    if !(2..=3).contains(&columns.len()) {
        return Ok(Vec::new());
    }
    let third = columns.get(2).map(|_| statistics(values.iter().skip(2).step_by(3).copied()));
    let title = match &third {
        None => format!("{}: what is predicted where", material.config.name),
        Some((mean, _)) => {
            format!("{}: what is predicted where {} = {mean:.3}", material.config.name, columns[2])
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
            "The colour of a place is the class predicted there, the stronger the more probable; the marks are the training samples."
        }
        Some(_) => {
            "A slice through the mean of the third feature: the colour of a place is the class predicted there, the stronger the more probable. Training samples near the slice are strong, others faint."
        }
    };
    let picture = picture.over(regions, faint);
    Ok(vec![Figure::new("regions", &title, caption, Kind::Chart, &picture)?])
}

/// Mean and standard std.
fn statistics(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / n;
    (mean, (values.map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt())
}

/// The class and its probability on a grid over two columns, from the upper left corner.
fn predicted_regions(network: &dyn TrainedNetwork, [x, y]: [Range<f64>; 2], third: Option<f64>) -> Regions {
    let place = |range: &Range<f64>, index: usize| {
        range.start + (range.end - range.start) * (index as f64 + 0.5) / REGION_PLACES as f64
    };
    let n_features = 2 + usize::from(third.is_some());
    let mut classes = Vec::with_capacity(REGION_PLACES * REGION_PLACES);
    for row in (0..REGION_PLACES).rev() {
        let places = (0..REGION_PLACES)
            .flat_map(|column| [place(&x, column), place(&y, row)].into_iter().chain(third));
        let (predictions, probabilities) = network.predict(&Features::table(places.collect(), n_features));
        let rows = probabilities.chunks_exact((probabilities.len() / REGION_PLACES).max(1));
        classes.extend(predictions.into_iter().zip(rows).map(|(class, row)| (class, row[class])));
    }
    Regions { n_columns: REGION_PLACES, classes }
}
