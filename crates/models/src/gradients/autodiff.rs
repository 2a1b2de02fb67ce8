//! Gradients by Burn's automatic differentiation.

use super::Gradients;
use crate::classifier::Classifier;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::AutodiffBackend;
use emberlab_data::ClassificationBatch;

pub(super) fn gradients<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    batch: ClassificationBatch<B>,
) -> Gradients<B> {
    let logits = classifier.network().train(batch.inputs.clone());
    let loss = classifier.loss().value(logits.clone(), &batch);
    let objective = match classifier.objective().l1 {
        0.0 => loss.clone(),
        l1 => loss.clone() + sum_of_magnitudes(classifier) * l1,
    };
    let parameters = GradientsParams::from_grads(objective.backward(), classifier);
    let score = classifier.valid_score(loss.inner(), logits.inner(), &batch.inner());
    Gradients { score, parameters }
}

/// `Σ |w|` over the weights that are penalised, `[1]`.
fn sum_of_magnitudes<B: AutodiffBackend>(classifier: &Classifier<B>) -> Tensor<B, 1> {
    let sums = classifier.network().layers().iter().filter_map(|layer| layer.sum_of_magnitudes());
    let sums: Vec<_> = sums.collect();
    Tensor::cat(sums, 0).sum()
}
