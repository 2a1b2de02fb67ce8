//! The figures of a run.

use super::computed::TrainedNetwork;
use super::figure::{Figure, Kind};
use super::material::Material;
use super::outcome::percent;
use super::series::{axis, curve_figure, file_stem, metric_curves, scales};
use crate::error::Error;
use crate::plots::{
    ClassBars, ConfusionMatrix, Curve, Histograms, PredictedImage, PredictedImages, Regions, Scale, Scatter,
    Scatter3d, Stroke, WeightImages, n_shown,
};
use emberlab_config::ScoreName;
use emberlab_data::{BatchPlan, Features, LabelledData};
use emberlab_run::metrics_file::metric_names;
use emberlab_run::predictions_file::Predictions;
use std::ops::Range;

/// Test images that are shown.
const MAX_IMAGES: usize = 40;
/// Places from left to right and from top to bottom at which a classifier is asked for its regions.
const REGION_PLACES: usize = 240;
/// Samples this near to a slice, in standard deviations of the column it is made through, are strong.
const NEAR_SLICE: f64 = 0.5;

/// Every figure that a run has what it takes for.
///
/// # Errors
///
/// [`Error::Picture`].
pub fn figures(material: &Material) -> Result<Vec<Figure>, Error> {
    let mut figures = Vec::new();
    for name in metric_names(&material.metrics) {
        figures.extend(curves(material, name)?);
    }
    figures.extend(learning_rate(material)?);
    if let (Some(network), Some(splits)) = (&material.network, &material.splits) {
        let train = &splits.train.samples;
        figures.extend(scatter(material, train)?);
        figures.extend(regions(material, &**network, train)?);
    }
    figures.extend(weights(material)?);
    let title = format!("{}: weights and gradients over the run", material.config.name);
    if let Some(picture) = Histograms::new(&title, &material.histograms)? {
        let caption = "Each column is a histogram: the darker, the more entries of the parameter (left) or of its \
                       gradient (right) have that value before that update.";
        figures.push(Figure::new("histograms", &title, caption, Kind::Chart, &picture)?);
    }
    if let Some(predictions) = material.predictions.as_ref().filter(|predictions| predictions.len() > 0) {
        figures.extend(scores(material, predictions)?);
        figures.extend(test_images(material, predictions)?);
    }
    Ok(figures)
}

/// The curves of a metric, or of the loss.
fn curves(material: &Material, metric: &str) -> Result<Option<Figure>, Error> {
    let noisy = !matches!(material.config.training.plan, BatchPlan::Full { .. });
    let curves = metric_curves(&material.metrics, metric, noisy);
    if curves.is_empty() {
        return Ok(None);
    }
    let title = format!("{}: {metric}", material.config.name);
    let caption = ScoreName::named(metric).map_or("", |name| name.description().caption);
    curve_figure(&file_stem(metric), &title, caption, &axis(metric), &curves, scales(metric)).map(Some)
}

/// The learning rate over the updates, where it is known.
fn learning_rate(material: &Material) -> Result<Option<Figure>, Error> {
    if material.learning_rates.is_empty() {
        return Ok(None);
    }
    let points = material.learning_rates.clone();
    let name = Some("learning rate".to_owned());
    let curves = [Curve { name, colour: 0, stroke: Stroke::Solid, points }];
    let title = format!("{}: learning rate", material.config.name);
    let caption = "The rate of each update, as the schedule sets it.";
    curve_figure("learning-rate", &title, caption, "learning rate", &curves, &[Scale::Linear, Scale::Log])
        .map(Some)
}

/// The training samples of a table as points, in space where there are three columns or more.
fn scatter(material: &Material, train: &LabelledData) -> Result<Option<Figure>, Error> {
    let (n_shown, n) = (n_shown(train.len()), train.len());
    let of_all = if n_shown < n { format!("{n_shown} of {n}") } else { n.to_string() };
    let title = format!("{}: {of_all} training samples", material.config.name);
    let caption = "Each mark is a training sample, its shape and colour the class.";
    if let Some(picture) = Scatter3d::new(&title, train)? {
        return Figure::new("scatter", &title, caption, Kind::Chart, &picture).map(Some);
    }
    match Scatter::new(&title, train, [0, 1.min(train.n_features() - 1)])? {
        Some(picture) => Figure::new("scatter", &title, caption, Kind::Chart, &picture).map(Some),
        None => Ok(None),
    }
}

/// What the run predicts in the plane of two columns, or in a slice of space through the mean of the third.
fn regions(
    material: &Material,
    network: &dyn TrainedNetwork,
    train: &LabelledData,
) -> Result<Option<Figure>, Error> {
    let Features::Table { values, columns } = &train.features else { return Ok(None) };
    if !(2..=3).contains(&columns.len()) {
        return Ok(None);
    }
    let third = columns.get(2).map(|_| statistics(values.iter().skip(2).step_by(3).copied()));
    let title = match &third {
        None => format!("{}: what is predicted where", material.config.name),
        Some((mean, _)) => {
            format!("{}: what is predicted where {} = {mean:.3}", material.config.name, columns[2])
        }
    };
    let Some(picture) = Scatter::new(&title, train, [0, 1])? else { return Ok(None) };
    let faint = match third {
        None => Vec::new(),
        Some((mean, deviation)) => values
            .iter()
            .skip(2)
            .step_by(3)
            .map(|value| (value - mean).abs() > NEAR_SLICE * deviation)
            .collect(),
    };
    let regions = predicted_regions(network, picture.ranges(), third.map(|(mean, _)| mean));
    let caption = match third {
        None => {
            "The colour of a place is the class predicted there, the stronger the more probable; the marks are the training samples."
        }
        Some(_) => {
            "A slice through the mean of the third feature: the colour of a place is the class predicted there, the stronger the more probable. Training samples near the slice are strong, others faint."
        }
    };
    let picture = picture.over(regions, faint);
    Figure::new("regions", &title, caption, Kind::Chart, &picture).map(Some)
}

/// Mean and standard deviation.
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

fn weights(material: &Material) -> Result<Option<Figure>, Error> {
    let (Some(network), Some(image)) = (&material.network, material.config.data.source.image()) else {
        return Ok(None);
    };
    let tensors = network.tensors();
    let title = format!("{}: weights of the first layer", material.config.name);
    let Some(picture) = WeightImages::new(&title, &tensors, image, &material.record.data.class_names)? else {
        return Ok(None);
    };
    let caption = "What each unit of the first layer looks for: grey is a weight of 0, bright a positive, dark a negative one, by colour channel.";
    Figure::new("weights", &title, caption, Kind::Image, &picture).map(Some)
}

fn scores(material: &Material, predictions: &Predictions) -> Result<[Figure; 2], Error> {
    let name = &material.config.name;
    let evaluation = predictions.evaluation(&material.record.data.class_names);
    let accuracy = percent(evaluation.accuracy);
    let title = format!("{name}: {} test samples, {accuracy} right", evaluation.samples);
    let picture = ConfusionMatrix::new(&title, &evaluation)?;
    let caption = "Test samples by class, downwards, and prediction, from left to right: how many, and their share of the class.";
    let matrix = Figure::new("confusion-matrix", picture.title(), caption, Kind::Chart, &picture)?;
    let title = format!("{name}: precision and recall on the test part");
    let picture = ClassBars::new(&title, &evaluation)?;
    let caption =
        "Precision: right among those predicted to be of the class. Recall: right among those of the class.";
    let bars = Figure::new("classes", picture.title(), caption, Kind::Chart, &picture)?;
    Ok([matrix, bars])
}

/// The first test images with what they were taken for.
fn test_images(material: &Material, predictions: &Predictions) -> Result<Option<Figure>, Error> {
    let Some(splits) = &material.splits else { return Ok(None) };
    let Features::Images { pixels, shape } = &splits.test.samples.features else { return Ok(None) };
    let names = &material.record.data.class_names;
    let shown = predictions.len().min(splits.test.samples.len()).min(MAX_IMAGES);
    let images = (0..shown).map(|sample| {
        let predicted = predictions.predictions[sample];
        PredictedImage {
            pixels: &pixels[sample * shape.size()..(sample + 1) * shape.size()],
            class: &names[predictions.labels[sample] as usize],
            predicted: &names[predicted],
            probability: predictions.of_prediction[sample],
        }
    });
    let wrong = (0..shown).filter(|&i| predictions.predictions[i] != predictions.labels[i] as usize).count();
    let title = format!("{}: the first {shown} test images, {wrong} wrong", material.config.name);
    let picture = PredictedImages::new(&title, *shape, images.collect())?;
    let caption = "Below each image the class predicted with its probability; those predicted wrong are framed, with their class below.";
    Figure::new("test-images", &title, caption, Kind::Image, &picture).map(Some)
}
