//! What came of a run, in words.

use crate::learner::DeviceReads;
use crate::run_record::{DataRecord, Metrics, Outcome, Seconds};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The part of `run.json` that a page tells.
#[derive(Clone, Debug, Deserialize)]
pub struct Facts {
    /// How it ended.
    pub outcome: Outcome,
    /// What went wrong, where something did.
    pub error: Option<String>,
    /// What became no number, where something did.
    pub diverged: Option<String>,
    /// Updates made.
    pub updates: usize,
    /// Whether training ended because the validation score no longer got better.
    pub stopped_early: bool,
    /// Final scores.
    pub metrics: Metrics,
    /// Seconds of each phase.
    pub seconds: Seconds,
    /// Where it was run: backend, device, threads.
    pub device: DeviceFacts,
    /// How often training waited for the device; nothing is known of runs from before it was counted.
    pub device_reads: Option<DeviceReads>,
    /// What it was run with.
    pub versions: BTreeMap<String, String>,
    /// The layers that were trained.
    pub model: String,
    /// Weights and biases in all.
    pub n_parameters: usize,
    /// What it was run on.
    pub data: DataRecord,
    /// Every seed that decided a number.
    pub seeds: BTreeMap<String, u32>,
}

/// Where a run was done.
#[derive(Clone, Debug, Deserialize)]
pub struct DeviceFacts {
    /// The backend, as its cargo feature is called.
    pub backend: String,
    /// The device, as Burn calls it.
    pub name: String,
    /// Threads of the CPU backends.
    pub threads: usize,
}

/// A share as a percentage with two digits behind the point.
pub fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}

/// A run's outcome in a sentence or two.
pub fn outcome(facts: &Facts) -> String {
    let seconds = facts.seconds.train;
    let time = if seconds < 60.0 { format!("{seconds:.2} s") } else { format!("{:.1} min", seconds / 60.0) };
    let updates = format!("{} update{}", facts.updates, if facts.updates == 1 { "" } else { "s" });
    let ended = match facts.outcome {
        Outcome::Finished if facts.stopped_early => {
            format!("Ended early after {updates} in {time}, for the validation score no longer got better")
        }
        Outcome::Finished => format!("Finished after {updates} in {time}"),
        Outcome::Interrupted => format!("Stopped by the user after {updates} in {time}"),
        Outcome::Failed => format!("Failed after {updates} in {time}"),
        Outcome::Running | Outcome::Killed => format!("Not ended: at least {updates} are done"),
    };
    let scored = match &facts.metrics.test {
        Some(test) => {
            let n_test = facts.data.n_test;
            format!(": {} of the {n_test} test samples right, loss {:.4}.", percent(test.accuracy), test.loss)
        }
        None => ".".to_owned(),
    };
    let reasons = [&facts.error, &facts.diverged].into_iter().flatten();
    let reasons: String = reasons.map(|reason| format!(" {}.", reason.trim_end_matches('.'))).collect();
    ended + &scored + &reasons
}
