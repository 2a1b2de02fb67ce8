//! The score of a part of the data.

use crate::backend::{Backend, Device};
use emberlab_data::{DeviceSet, LabelledData, Normalization};
use emberlab_models::{Classifier, PendingScore, Score, ScoreMean};

/// Samples that are scored at once: enough to keep a device busy, and no matter for its memory.
const BATCH_SIZE: usize = 1024;

/// Loss and accuracy of `data`; nothing where it has no sample.
pub fn score(
    classifier: &Classifier<Backend>,
    data: &LabelledData,
    normalization: Normalization,
    device: &Device,
) -> Option<Score> {
    let set = DeviceSet::<Backend>::new(data, normalization, false, device);
    let starts = (0..data.len()).step_by(BATCH_SIZE);
    let pending = starts.map(|start| classifier.score(&set.range(start..data.len().min(start + BATCH_SIZE))));
    let mut mean = ScoreMean::default();
    for score in PendingScore::read_all(pending.collect()) {
        mean.add(&score);
    }
    mean.score()
}
