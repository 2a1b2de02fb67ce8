//! The outcome of a run in a sentence.

use emberlab_config::ScoreName;
use emberlab_models::MetricName;
use emberlab_run::{Outcome, RunRecord};

/// A share as a percentage with two digits behind the point.
pub fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}

/// A run's outcome in a sentence or two.
pub fn outcome(record: &RunRecord) -> String {
    let seconds = record.seconds.train;
    let time = if seconds < 60.0 { format!("{seconds:.2} s") } else { format!("{:.1} min", seconds / 60.0) };
    let updates = format!("{} update{}", record.updates, if record.updates == 1 { "" } else { "s" });
    let ended = match record.outcome {
        Outcome::Finished if record.stopped_early => {
            format!("Ended early after {updates} in {time}, for the validation score no longer got better")
        }
        Outcome::Finished => format!("Finished after {updates} in {time}"),
        Outcome::Interrupted => format!("Stopped by the user after {updates} in {time}"),
        Outcome::Failed => format!("Failed after {updates} in {time}"),
        Outcome::Running | Outcome::Killed => format!("Not ended: at least {updates} are done"),
    };
    let scored = match &record.metrics.test {
        Some(test) => {
            let n_test = record.data.n_test;
            let loss = ScoreName::Loss.description().show_briefly(test.loss.into());
            match test.get(MetricName::Accuracy.name()) {
                Some(accuracy) => {
                    format!(": {} of the {n_test} test samples right, loss {loss}.", percent(accuracy))
                }
                None => format!(": loss {loss} on the {n_test} test samples."),
            }
        }
        None => ".".to_owned(),
    };
    let reason = record.error.as_ref().or(record.diverged.as_ref());
    let reason = reason.map(|reason| format!(" {}.", reason.trim_end_matches('.')));
    ended + &scored + &reason.unwrap_or_default()
}
