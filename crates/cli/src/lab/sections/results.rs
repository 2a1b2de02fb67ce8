//! All runs of the lab in a table.

use crate::lab::results::Lab;
use emberlab_report::page::{table, verbatim};
use emberlab_run::{DEFAULT_ARTIFACTS, Scores};
use maud::{Markup, html};

/// The results of every run, and the commands that repeat them.
pub fn results(lab: &Lab) -> Markup {
    let row = |done: &crate::lab::Done| {
        let record = &done.material.record;
        let loss = |scores: &Option<Scores>| {
            scores.as_ref().map_or_else(|| "–".to_owned(), |scores| format!("{:.4}", scores.loss))
        };
        vec![
            done.experiment.name.to_owned(),
            record.updates.to_string(),
            format!("{:.3}", record.seconds.train),
            loss(&record.metrics.train),
            loss(&record.metrics.test),
            done.test_accuracy(),
        ]
    };
    let rows: Vec<Vec<String>> = lab.done.iter().map(row).collect();
    let sets: String = lab.overrides.iter().map(|one| format!(" --set '{one}'")).collect();
    let artifacts = match lab.artifacts.to_str() {
        Some(DEFAULT_ARTIFACTS) => String::new(),
        _ => format!(" --artifacts '{}'", lab.artifacts.display()),
    };
    let record = lab.done.first().map(|done| &done.material.record);
    html! {
        h2 id="results" { "16. All results" }
        (table(&["run", "updates", "seconds", "training loss", "test loss", "test accuracy"], &rows))
        @if let Some(record) = record {
            p.note {
                "Backend " (record.device.backend) ", " (record.device.threads) " threads; emberlab "
                (record.versions.emberlab) ", Burn "
                (record.versions.burn) ", commit "
                code { (record.versions.git_commit) } "."
            }
        }
        p { "This command makes the page again:" }
        (verbatim(&format!("emberlab lab{artifacts}{sets}")))
        p { "This command trains a single experiment and shows a dashboard:" }
        (verbatim("emberlab train configs/lab/synthetic-softmax.toml"))
    }
}
