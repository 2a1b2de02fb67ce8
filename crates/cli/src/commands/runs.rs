//! `emberlab runs`.

use crate::error::Error;
use crate::output::print;
use clap::Args;
use emberlab_config::ScoreName;
use emberlab_models::MetricName;
use emberlab_run::{DEFAULT_ARTIFACTS, PartScores, RunSummary, names, show, summaries};
use std::path::PathBuf;

#[derive(Args, Debug)]
pub struct RunsArgs {
    /// The folder of all runs
    #[arg(long, value_name = "DIR", default_value = DEFAULT_ARTIFACTS)]
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

/// A table of runs with its header: some numbers of every run, and each further metric that a run has.
pub fn rows(runs: &[RunSummary]) -> Vec<Vec<String>> {
    let (loss, accuracy) = (ScoreName::Loss.name(), MetricName::Accuracy.name());
    let mut scores: Vec<(String, PartScores, &str)> = vec![
        ("train loss".to_owned(), |metrics| &metrics.train, loss),
        ("valid acc.".to_owned(), |metrics| &metrics.validation, accuracy),
        ("test loss".to_owned(), |metrics| &metrics.test, loss),
        ("test acc.".to_owned(), |metrics| &metrics.test, accuracy),
    ];
    let others = names(runs.iter().flat_map(|run| run.metrics.parts())).into_iter();
    for name in others.filter(|name| ![loss, accuracy].contains(name)) {
        scores.push((format!("valid {name}"), |metrics| &metrics.validation, name));
        scores.push((format!("test {name}"), |metrics| &metrics.test, name));
    }
    let header = ["run", "outcome", "updates"].map(str::to_owned).into_iter();
    let header = header.chain(scores.iter().map(|(title, ..)| title.clone()));
    let mut rows = vec![header.chain(["seconds", "started (UTC)", "model"].map(str::to_owned)).collect()];
    for run in runs {
        let mut row = vec![run.name.clone(), run.outcome().to_owned(), run.updates.to_string()];
        row.extend(scores.iter().map(|(_, part, name)| {
            let value = part(&run.metrics).as_ref().and_then(|scores| scores.get(name));
            value.map_or_else(|| "-".to_owned(), |value| show(name, value))
        }));
        row.extend([format!("{:.1}", run.seconds.train), minute(run.started.as_deref()), run.model.clone()]);
        rows.push(row);
    }
    rows
}

/// A moment in RFC 3339 to the minute: `2026-11-26 18:49`.
fn minute(moment: Option<&str>) -> String {
    moment
        .and_then(|moment| moment.get(..16))
        .map_or_else(|| "-".to_owned(), |minute| minute.replace('T', " "))
}
