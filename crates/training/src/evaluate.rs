//! Evaluating a classifier on a part of the data.

use crate::devices::{Backend, Device};
use burn::tensor::Tensor;
use emberlab_config::Config;
use emberlab_data::{DeviceSet, DeviceViews, Phase, Progress};
use emberlab_models::{Classifier, Output, Score};

/// Samples per batch: enough to keep a device busy, and few enough for its memory.
const BATCH_SIZE: usize = 1024;

/// The views of a sample that a configuration evaluates it by.
pub fn views(config: &Config, device: &Device) -> DeviceViews<Backend> {
    match config.data.source.image() {
        Some(shape) => DeviceViews::new(config.evaluation.views, shape, device),
        None => DeviceViews::none(),
    }
}

/// The logits `[n, n_outputs]` of a set, averaged over the views of each sample.
pub fn logits(
    classifier: &Classifier<Backend>,
    set: &DeviceSet<Backend>,
    views: &DeviceViews<Backend>,
    progress: &dyn Progress,
) -> Tensor<Backend, 2> {
    progress.begin(Phase::Evaluate, Some(set.len() as u64));
    let starts = (0..set.len()).step_by(BATCH_SIZE);
    let parts = starts.map(|start| {
        let end = set.len().min(start + BATCH_SIZE);
        let inputs = set.slice(start..end).into_batch().inputs;
        let logits = views.mean(inputs, |inputs| classifier.logits(inputs));
        progress.reach(end as u64);
        logits
    });
    let logits = Tensor::cat(parts.collect(), 0);
    progress.end();
    logits
}

/// The score and the predictions of a classifier on a set of samples.
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// Plain cross-entropy, and the metrics of the classifier.
    pub score: Score,
    /// The class predicted for each sample.
    pub predictions: Vec<usize>,
    /// `[n, n_classes]`, row after row.
    pub probabilities: Vec<f64>,
}

/// Evaluates a classifier on a set; returns `None` where the set is empty.
pub fn evaluate(
    classifier: &Classifier<Backend>,
    set: &DeviceSet<Backend>,
    views: &DeviceViews<Backend>,
    progress: &dyn Progress,
) -> Option<Evaluated> {
    let (score, logits) = scored(classifier, set, views, progress)?;
    let (predictions, probabilities) = predicted(classifier.output(), logits);
    Some(Evaluated { score, predictions, probabilities })
}

/// Returns the predicted class of each row of logits, and the probabilities `[n, n_classes]`, in host memory.
pub fn predicted(output: Output, logits: Tensor<Backend, 2>) -> (Vec<usize>, Vec<f64>) {
    let predictions = output.predictions(logits.clone()).into_data();
    let predictions = predictions.iter::<i64>().map(|class| class as usize).collect();
    (predictions, output.probabilities(logits).into_data().iter::<f64>().collect())
}

/// Plain cross-entropy and the metrics of the classifier on a set; returns `None` where the set is empty.
pub fn score(
    classifier: &Classifier<Backend>,
    set: &DeviceSet<Backend>,
    views: &DeviceViews<Backend>,
    progress: &dyn Progress,
) -> Option<Score> {
    scored(classifier, set, views, progress).map(|(score, _)| score)
}

fn scored(
    classifier: &Classifier<Backend>,
    set: &DeviceSet<Backend>,
    views: &DeviceViews<Backend>,
    progress: &dyn Progress,
) -> Option<(Score, Tensor<Backend, 2>)> {
    if set.is_empty() {
        return None;
    }
    let logits = logits(classifier, set, views, progress);
    Some((classifier.score(logits.clone(), &set.labels_only()).read(), logits))
}
