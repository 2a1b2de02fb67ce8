//! The logits and the score of a part of the data.

use crate::backend::Backend;
use burn::tensor::Tensor;
use emberlab_data::{DeviceSet, Phase, Progress};
use emberlab_models::{Classifier, Score};

/// Samples that are computed at once: enough to keep a device busy, and no matter for its memory.
const BATCH_SIZE: usize = 1024;

/// The logits `[n, n_outputs]` of a set.
pub fn logits(
    classifier: &Classifier<Backend>,
    set: &DeviceSet<Backend>,
    progress: &dyn Progress,
) -> Tensor<Backend, 2> {
    progress.begin(Phase::Evaluate, Some(set.len() as u64));
    let starts = (0..set.len()).step_by(BATCH_SIZE);
    let parts = starts.map(|start| {
        let end = set.len().min(start + BATCH_SIZE);
        let logits = classifier.logits(set.slice(start..end).into_batch().inputs);
        progress.reach(end as u64);
        logits
    });
    let logits = Tensor::cat(parts.collect(), 0);
    progress.end();
    logits
}

/// Loss and accuracy over a set; nothing where it has no sample.
pub fn score(
    classifier: &Classifier<Backend>,
    set: &DeviceSet<Backend>,
    progress: &dyn Progress,
) -> Option<Score> {
    if set.is_empty() {
        return None;
    }
    let logits = logits(classifier, set, progress);
    Some(classifier.score(logits, &set.labels_only()).read())
}
