//! Top-5 accuracy.

#[cfg(feature = "burn")]
use super::prelude::{Backend, ClassificationBatch, Int, Output, Tensor};
use super::{Description, Metric, Unit};

/// The share of samples whose class is among the five most probable ones, scikit-learn's `top_k_accuracy_score` with
/// `k=5`. Of classes with equal logits the later ones come first, as there. With five classes or fewer it is 1.
pub struct TopFiveAccuracy;

#[cfg(feature = "burn")]
const K: usize = 5;

impl Metric for TopFiveAccuracy {
    const DESCRIPTION: Description = Description {
        name: "top-5 accuracy",
        quantity: "share among the five most probable",
        caption: "Share of each batch whose class is among the five most probable before its update.",
        unit: Unit::Share,
        higher_is_better: true,
    };

    /// The number of samples whose class is among the five most probable ones, `[1]`.
    #[cfg(feature = "burn")]
    fn sums<B: Backend>(
        _output: Output,
        logits: Tensor<B, 2>,
        batch: &ClassificationBatch<B>,
    ) -> Tensor<B, 1> {
        let [n_samples, n_classes] = batch.targets.dims();
        if n_classes <= K {
            return Tensor::full([1], n_samples as f64, &logits.device());
        }
        let labels = batch.labels.clone().unsqueeze_dim::<2>(1);
        let lead = logits.clone() - logits.gather(1, labels.clone());
        let classes = Tensor::<B, 1, Int>::arange(0..n_classes as i64, &lead.device()).unsqueeze_dim::<2>(0);
        let is_later = (classes - labels).greater_elem(0);
        let comes_before = lead.clone().greater_elem(0.0).bool_or(lead.equal_elem(0.0).bool_and(is_later));
        comes_before.float().sum_dim(1).lower_elem(K as f64).float().sum()
    }

    fn value(sums: &[f64], n_samples: usize) -> f64 {
        sums.iter().sum::<f64>() / n_samples as f64
    }
}
