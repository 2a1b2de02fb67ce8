//! Mean per-class accuracy.

#[cfg(feature = "burn")]
use super::prelude::{Backend, ClassificationBatch, Output, Tensor};
use super::{Description, Metric, Unit};

/// The mean over the classes that occur of the share of their samples that is predicted right, scikit-learn's
/// `balanced_accuracy_score`.
pub struct MeanPerClassAccuracy;

impl Metric for MeanPerClassAccuracy {
    const DESCRIPTION: Description = Description {
        name: "mean per-class accuracy",
        quantity: "mean share right of each class",
        caption: "Mean over the classes in each batch of their share predicted right before its update.",
        unit: Unit::Share,
        higher_is_better: true,
    };

    /// The number of right predictions for each class, then the number of samples of each, `[2 * n_classes]`.
    #[cfg(feature = "burn")]
    fn sums<B: Backend>(
        output: Output,
        logits: Tensor<B, 2>,
        batch: &ClassificationBatch<B>,
    ) -> Tensor<B, 1> {
        let hits = output.predictions(logits).equal(batch.labels.clone()).float().unsqueeze_dim::<2>(1);
        let right = (batch.targets.clone() * hits).sum_dim(0);
        let samples = batch.targets.clone().sum_dim(0);
        Tensor::cat(vec![right, samples], 1).squeeze_dim(0)
    }

    fn value(sums: &[f64], _n_samples: usize) -> f64 {
        let (right, samples) = sums.split_at(sums.len() / 2);
        let classes = right.iter().zip(samples).filter(|(_, samples)| **samples > 0.0);
        let (n_classes, total) =
            classes.fold((0.0, 0.0), |(n, total), (right, samples)| (n + 1.0, total + right / samples));
        total / n_classes
    }
}
