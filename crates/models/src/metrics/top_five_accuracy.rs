//! Top-5 accuracy.

#[cfg(feature = "burn")]
use super::prelude::{Backend, ClassificationBatch, Int, Output, Tensor};
use super::{Description, Metric, Unit};

/// The share of samples whose class is among the five most probable ones, scikit-learn's `top_k_accuracy_score` with
/// `k=5`. Of classes with equal logits the later ones come first, as there. NaN comes before all. With five classes or
/// fewer it is 1.
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
        let own = logits.clone().gather(1, labels.clone()).expand([n_samples, n_classes]);
        let classes = Tensor::<B, 1, Int>::arange(0..n_classes as i64, &own.device()).unsqueeze_dim::<2>(0);
        let is_no_later = (classes - labels).lower_equal_elem(0);
        // No comparison with NaN holds.
        let comes_after = logits.clone().lower(own.clone()).bool_or(logits.equal(own).bool_and(is_no_later));
        comes_after.float().sum_dim(1).greater_elem((n_classes - K) as f64).float().sum()
    }

    fn value(sums: &[f64], n_samples: usize) -> f64 {
        sums.iter().sum::<f64>() / n_samples as f64
    }
}
