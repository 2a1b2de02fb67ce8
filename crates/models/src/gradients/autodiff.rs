//! Gradients by Burn's automatic differentiation.

use super::Gradients;
use crate::classifier::Classifier;
use burn::optim::GradientsParams;
use burn::tensor::backend::AutodiffBackend;
use emberlab_data::ClassificationBatch;
use std::sync::{Mutex, PoisonError};

/// Held from the first operation of a graph to the end of its backward pass. Burn 0.21 keeps the graphs of all threads
/// in one place, and each backward pass ends by removing every node that no tensor holds
/// (`GraphCleaner::cleanup_orphaned_entries`), including nodes that another thread is about to build upon. Without the
/// lock the gradients of the other thread silently lack terms.
static ONE_GRAPH_AT_A_TIME: Mutex<()> = Mutex::new(());

pub(super) fn gradients<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    batch: ClassificationBatch<B>,
) -> Gradients<B> {
    let _alone = ONE_GRAPH_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let logits = classifier.network().forward_training(batch.inputs.clone(), classifier.precision());
    let loss = classifier.loss().value(logits.clone(), &batch);
    let objective = classifier.penalized(loss.clone());
    let parameters = GradientsParams::from_grads(objective.backward(), classifier);
    let score = classifier.valid_score(loss.inner(), logits.inner(), &batch.inner());
    Gradients { score, parameters }
}
