//! What follows from a comparison.

use crate::lab::results::Done;
use emberlab_models::MetricName;
use emberlab_report::percent;
use emberlab_run::proportion::may_be_chance;

/// The accuracy on the test part, from 0 to 1.
pub fn test_accuracy(done: &Done) -> Option<f64> {
    done.material.record.metrics.test.as_ref()?.get(MetricName::Accuracy.name())
}

/// Whether the second is better on the test samples, in a sentence.
pub fn conclusion(before: &Done, after: &Done) -> String {
    let (Some(old), Some(new)) = (test_accuracy(before), test_accuracy(after)) else { return String::new() };
    let n = after.material.record.data.n_test;
    let [old_name, new_name] = [before, after].map(|done| done.experiment.name);
    if may_be_chance(old, new, n) {
        return format!(
            "On {n} test samples {} and {} are no difference that chance could not make: a tie between {old_name} and {new_name}.",
            percent(old),
            percent(new)
        );
    }
    let better = if new > old { new_name } else { old_name };
    format!(
        "Of {n} test samples {old_name} is right on {} and {new_name} on {}: {better} is better, by more than chance.",
        percent(old),
        percent(new)
    )
}
