//! `emberlab runs`.

use crate::error::Error;
use crate::output::print;
use clap::Args;
use emberlab_run::ScoreRecord;
use emberlab_run::{RunSummary, summaries};
use std::path::PathBuf;

#[derive(Args, Debug)]
pub struct RunsArgs {
    /// The folder of all runs
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    artifacts: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &RunsArgs) -> Result<(), Error> {
    let mut runs = Vec::new();
    for summary in summaries(&arguments.artifacts)? {
        match summary {
            Ok(summary) => runs.push(summary),
            Err(error) => print::warning(&error.to_string()),
        }
    }
    match arguments.json {
        true => print::json(&runs),
        false if runs.is_empty() => print::text(&format!("no runs in {}\n", arguments.artifacts.display())),
        false => print::text(&print::table(&rows(&runs))),
    }
}

/// A table of runs with its header.
pub fn rows(runs: &[RunSummary]) -> Vec<Vec<String>> {
    let header = [
        "run",
        "outcome",
        "updates",
        "train loss",
        "valid acc.",
        "test loss",
        "test acc.",
        "seconds",
        "model",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for run in runs {
        let loss =
            |score: Option<ScoreRecord>| score.map_or("-".to_owned(), |score| format!("{:.6}", score.loss));
        let accuracy = |score: Option<ScoreRecord>| {
            score.map_or("-".to_owned(), |score| format!("{:.2} %", 100.0 * score.accuracy))
        };
        rows.push(vec![
            run.name.clone(),
            run.outcome().to_owned(),
            run.updates.to_string(),
            loss(run.metrics.train),
            accuracy(run.metrics.validation),
            loss(run.metrics.test),
            accuracy(run.metrics.test),
            format!("{:.1}", run.seconds.train),
            run.model.clone(),
        ]);
    }
    rows
}
