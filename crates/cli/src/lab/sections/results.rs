//! All runs of the lab in a table.

use crate::lab::results::Lab;
use emberlab_report::page::{table, verbatim};
use emberlab_run::Scores;
use maud::{Markup, html};

/// What came of every run, and how to do it again.
pub fn results(lab: &Lab) -> Markup {
    let row = |done: &crate::lab::Done| {
        let facts = &done.material.record;
        let loss = |scores: &Option<Scores>| {
            scores.as_ref().map_or_else(|| "–".to_owned(), |scores| format!("{:.4}", scores.loss))
        };
        vec![
            done.experiment.name.to_owned(),
            facts.updates.to_string(),
            format!("{:.3}", facts.seconds.train),
            loss(&facts.metrics.train),
            loss(&facts.metrics.test),
            done.test_accuracy(),
        ]
    };
    let rows: Vec<Vec<String>> = lab.done.iter().map(row).collect();
    let sets: String = lab.overrides.iter().map(|one| format!(" --set '{one}'")).collect();
    let facts = lab.done.first().map(|done| &done.material.record);
    html! {
        h2 id="results" { "13. All results" }
        (table(&["run", "updates", "seconds", "training loss", "test loss", "test accuracy"], &rows))
        @if let Some(facts) = facts {
            p.note {
                "Backend " (facts.device.backend) ", " (facts.device.threads) " threads; emberlab "
                (facts.versions.emberlab) ", Burn "
                (facts.versions.burn) ", commit "
                code { (facts.versions.git_commit) } "."
            }
        }
        p { "This page is made again by:" }
        (verbatim(&format!("emberlab lab{sets}")))
        p { "A single experiment, with a dashboard while it trains:" }
        (verbatim("emberlab train configs/lab/synthetic-softmax.toml"))
    }
}
