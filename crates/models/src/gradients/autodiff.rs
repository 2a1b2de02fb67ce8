//! Gradients by Burn's automatic differentiation.

use super::Gradients;
use crate::classifier::Classifier;
use crate::score::PendingScore;
use burn::optim::GradientsParams;
use burn::tensor::backend::AutodiffBackend;
use emberlab_data::ClassificationBatch;

pub(super) fn gradients<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    batch: ClassificationBatch<B>,
) -> Gradients<B> {
    let output = classifier.output();
    let logits = classifier.network().forward(batch.inputs.clone());
    let loss = output.loss(logits.clone(), &batch);
    let parameters = GradientsParams::from_grads(loss.backward(), classifier);
    let batch = batch.inner();
    let correct = output.correct(logits.inner(), &batch);
    Gradients { score: PendingScore::new(loss.inner(), correct, batch.len()), parameters }
}
