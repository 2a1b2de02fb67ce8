//! Predictions that ignore the sample.

use super::evidence::Evidence;
use super::{Finding, Likelihood};
use emberlab_config::ClassWeights;

/// The share of the samples that are predicted as one class from which on it is said to be predicted always.
const ALWAYS: f64 = 0.98;
/// The share of a class in the samples, as a multiple of an equal share, from which on classes are not balanced.
const IMBALANCE: f64 = 1.5;

/// One class is predicted for nearly every sample, because most samples have it.
pub fn imbalance(evidence: &Evidence) -> Option<Finding> {
    let names = &evidence.record.data.class_names;
    let predictions = evidence.predictions.as_ref()?;
    let evaluation = predictions.evaluation(names);
    let n = predictions.len() as f64;
    let predicted = evaluation.confusion_matrix.predicted();
    let (class, count) = predicted.iter().copied().enumerate().max_by_key(|(_, count)| *count)?;
    let support = evaluation.confusion_matrix.supports().get(class).copied()? as f64;
    let is_common = support / n > IMBALANCE / evidence.n_classes();
    let is_weighted = matches!(evidence.config.training.class_weights, Some(ClassWeights::Balanced));
    if (count as f64) < ALWAYS * n || !is_common || is_weighted {
        return None;
    }
    Some(Finding {
        likelihood: Likelihood::Likely,
        cause: "The classes are not balanced, and the most frequent one is always predicted.".to_owned(),
        seen: format!(
            "{count} of {n} test samples were predicted as `{}`, which {:.1} % of them are",
            names.get(class)?,
            100.0 * support / n
        ),
        advice: "To guess the most frequent class is right most of the time, so that accuracy looks good and nothing is learned about \
                 the others. Let every class count the same, and watch the mean per-class accuracy.",
        settings: vec![
            "training.class_weights=balanced".to_owned(),
            "metrics.names=[\"accuracy\", \"mean per-class accuracy\"]".to_owned(),
        ],
    })
}
