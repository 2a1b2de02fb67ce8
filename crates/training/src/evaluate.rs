//! The logits and the score of a part of the data.

use crate::backend::Backend;
use burn::tensor::Tensor;
use emberlab_data::DeviceSet;
use emberlab_models::{Classifier, Score};

/// Samples that are computed at once: enough to keep a device busy, and no matter for its memory.
const BATCH_SIZE: usize = 1024;

/// The logits `[n, n_outputs]` of a set.
pub fn logits(classifier: &Classifier<Backend>, set: &DeviceSet<Backend>) -> Tensor<Backend, 2> {
    let starts = (0..set.len()).step_by(BATCH_SIZE);
    let parts = starts.map(|start| {
        let batch = set.slice(start..set.len().min(start + BATCH_SIZE)).into_batch();
        classifier.logits(batch.inputs)
    });
    Tensor::cat(parts.collect(), 0)
}

/// Loss and accuracy over a set; nothing where it has no sample.
pub fn score(classifier: &Classifier<Backend>, set: &DeviceSet<Backend>) -> Option<Score> {
    if set.is_empty() {
        return None;
    }
    let logits = logits(classifier, set);
    Some(classifier.score(logits, &set.labels_only()).read())
}
