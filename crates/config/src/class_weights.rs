//! `training.class_weights`: the weight of each class in the loss.

use super::rule::{Rule, list, positive, word};

/// The weight of each class in the loss.
#[derive(Clone, Debug, PartialEq)]
pub enum ClassWeights {
    /// All classes count the same in total: `n_samples / (n_classes * samples of the class)`, scikit-learn's
    /// `balanced`.
    Balanced,
    /// A number for each class.
    Given(Vec<f64>),
}

const BALANCED: [(&str, ClassWeights); 1] = [("balanced", ClassWeights::Balanced)];

pub(super) fn class_weights<'a>() -> Rule<'a, ClassWeights> {
    let given = list(positive(), 1).map(ClassWeights::Given, |weights| match weights {
        ClassWeights::Given(weights) => Some(weights.clone()),
        ClassWeights::Balanced => None,
    });
    word(&BALANCED).or(given)
}
