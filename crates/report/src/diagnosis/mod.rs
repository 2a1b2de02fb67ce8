//! Why a run does not learn: causes that its files show, with the figures that show them and settings to try.
//!
//! Each cause is a function of the [`Evidence`] in the file of its family. Its thresholds are rules of thumb: of runs that learn
//! well none of them is met, and the tests make runs that fail in one way each.

mod evidence;
mod finding;
mod generalization;
mod inputs;
mod learning_rate;
mod penalty;
mod predictions;
mod tensor;
mod units;

pub use evidence::Evidence;
pub use finding::{Finding, Likelihood};

/// What is looked for. Of equally likely causes the first comes first.
const CAUSES: [fn(&Evidence) -> Option<Finding>; 13] = [
    learning_rate::diverged,
    penalty::too_strong,
    units::equal_weights,
    units::dead,
    units::saturated,
    units::vanishing_gradients,
    inputs::too_large,
    learning_rate::too_high,
    predictions::imbalance,
    learning_rate::too_low,
    generalization::overfitting,
    generalization::too_small,
    learning_rate::too_short,
];

/// The causes that the files of a run show, the most likely first.
pub fn diagnose(evidence: &Evidence) -> Vec<Finding> {
    let mut findings: Vec<Finding> = CAUSES.iter().filter_map(|cause| cause(evidence)).collect();
    findings.sort_by_key(|finding| finding.likelihood);
    findings
}
