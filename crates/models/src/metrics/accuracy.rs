//! Accuracy.

#[cfg(feature = "burn")]
use super::prelude::{Backend, ClassificationBatch, Output, Tensor};
use super::{Description, Metric, Unit};

/// The share of samples whose class is predicted, scikit-learn's `accuracy_score`.
pub struct Accuracy;

impl Metric for Accuracy {
    const DESCRIPTION: Description = Description {
        name: "accuracy",
        quantity: "share right",
        caption: "Share of each batch predicted right before its update.",
        unit: Unit::Share,
        higher_is_better: true,
    };

    /// The number of right predictions, `[1]`.
    #[cfg(feature = "burn")]
    fn sums<B: Backend>(
        output: Output,
        logits: Tensor<B, 2>,
        batch: &ClassificationBatch<B>,
    ) -> Tensor<B, 1> {
        output.correct(logits, batch)
    }

    fn value(sums: &[f64], n_samples: usize) -> f64 {
        sums.iter().sum::<f64>() / n_samples as f64
    }
}
