//! The logits and the score of a part of the data.

use crate::backend::{Backend, Device};
use burn::tensor::Tensor;
use emberlab_data::{DeviceSet, LabelledData, Normalization};
use emberlab_models::{Classifier, Score};

/// Samples that are computed at once: enough to keep a device busy, and no matter for its memory.
const BATCH_SIZE: usize = 1024;

/// The logits `[n, n_outputs]` of a set.
pub fn logits(classifier: &Classifier<Backend>, set: &DeviceSet<Backend>) -> Tensor<Backend, 2> {
    let starts = (0..set.len()).step_by(BATCH_SIZE);
    let parts = starts.map(|start| {
        let batch = set.range(start..set.len().min(start + BATCH_SIZE));
        classifier.logits(batch.inputs)
    });
    Tensor::cat(parts.collect(), 0)
}

/// Loss and accuracy of `data`; nothing where it has no sample.
pub fn score(
    classifier: &Classifier<Backend>,
    data: &LabelledData,
    normalization: Normalization,
    device: &Device,
) -> Option<Score> {
    if data.is_empty() {
        return None;
    }
    let set = DeviceSet::<Backend>::new(data, normalization, false, device);
    let logits = logits(classifier, &set);
    Some(classifier.score(logits, &set.labels_only()).read())
}
