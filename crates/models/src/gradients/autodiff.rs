//! Gradients by Burn's automatic differentiation.

use super::Gradients;
use crate::classifier::Classifier;
use crate::graph;
use burn::optim::GradientsParams;
use burn::tensor::backend::AutodiffBackend;
use emberlab_data::ClassificationBatch;

pub(super) fn gradients<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    batch: ClassificationBatch<B>,
) -> Gradients<B> {
    let _alone = graph::alone();
    let logits = classifier.network().forward_training(batch.inputs.clone(), classifier.precision());
    let loss = classifier.loss().value(logits.clone(), &batch);
    let objective = classifier.penalized(loss.clone());
    let parameters = GradientsParams::from_grads(objective.backward(), classifier);
    let score = classifier.valid_score(loss.inner(), logits.inner(), &batch.inner());
    Gradients { score, parameters }
}
