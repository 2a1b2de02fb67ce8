//! `emberlab compare`.

use super::runs;
use super::score_name::score_name;
use crate::error::{Error, UsageError};
use crate::output::print;
use clap::Args;
use emberlab_config::settings::Settings;
use emberlab_config::{Config, ScoreName};
use emberlab_models::LOSS;
use emberlab_report::plots::{Curve, Curves, Scale, Stroke, is_drawn, png};
use emberlab_report::{Compared, comparison_page};
use emberlab_run::RunSummary;
use emberlab_run::atomic;
use emberlab_run::comparable::{self, Differences};
use emberlab_run::config_file::read_settings;
use emberlab_run::metrics_file::{self, curve};
use emberlab_run::{DEFAULT_ARTIFACTS, RunDir, RunRecord, file};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[derive(Args, Debug)]
pub struct CompareArgs {
    /// The runs: directories, or names under the artifacts
    #[arg(required = true, num_args = 2.., value_name = "RUN")]
    runs: Vec<PathBuf>,
    /// The folder of all runs
    #[arg(long, value_name = "DIR", default_value = DEFAULT_ARTIFACTS)]
    artifacts: PathBuf,
    /// Draw the runs' curves into this PNG file: solid for training, dashed for validation
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Write a page with the runs side by side into this HTML file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// The metric that `--plot` draws
    #[arg(long, value_name = "NAME", default_value = LOSS.name, requires = "plot", value_parser = score_name())]
    metric: ScoreName,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The output of `--json`.
#[derive(Serialize)]
struct Comparison {
    runs: Vec<RunSummary>,
    /// Each setting that is not the same in all runs, with its value in each.
    differences: Differences,
}

impl Comparison {
    /// Sentences on runs that differ only in seeds, and on what cannot be compared.
    fn remarks(&self) -> Vec<String> {
        let runs: Vec<&RunSummary> = self.runs.iter().collect();
        let mut remarks = comparable::seed_sentences(&runs, &self.differences);
        remarks.extend(comparable::remarks(&runs, self.differences.keys()));
        remarks
    }
}

pub fn run(arguments: &CompareArgs) -> Result<(), Error> {
    let directories: Vec<RunDir> =
        arguments.runs.iter().map(|run| RunDir::open(&arguments.artifacts, run)).collect::<Result<_, _>>()?;
    let summaries = directories.iter().map(RunSummary::read).collect::<Result<Vec<_>, _>>()?;
    let settings: Vec<Settings> =
        directories.iter().map(|run| read_settings(&run.file(file::CONFIG))).collect::<Result<_, _>>()?;
    let comparison = Comparison { runs: summaries, differences: differences(&settings) };
    if arguments.plot.is_some() && arguments.plot == arguments.html {
        return Err(UsageError::SameOutput.into());
    }
    if let Some(path) = &arguments.plot {
        plot(path, arguments.metric, &directories, &comparison.runs)?;
    }
    if let Some(path) = &arguments.html {
        write_page(path, &directories, &comparison)?;
    }
    if arguments.json { print::json(&comparison) } else { print::text(&table(&comparison)) }
}

fn differences(settings: &[Settings]) -> Differences {
    let keys: BTreeSet<&String> = settings.iter().flat_map(Settings::keys).collect();
    let values = keys.into_iter().filter(|key| *key != "name").map(|key| {
        let values: Vec<Option<String>> =
            settings.iter().map(|settings| settings.get(key).cloned()).collect();
        (key.clone(), values)
    });
    values.filter(|(_, values)| values.windows(2).any(|pair| pair[0] != pair[1])).collect()
}

fn table(comparison: &Comparison) -> String {
    let mut text = print::table(&runs::rows(&comparison.runs));
    if comparison.differences.is_empty() {
        text += "\nno setting differs\n";
    } else {
        text += &format!("\n{}", print::table(&differing(comparison)));
    }
    let remarks = comparison.remarks();
    if !remarks.is_empty() {
        text += &format!("\n{}\n", remarks.join("\n"));
    }
    text
}

/// A table of the settings that differ, with its header.
fn differing(comparison: &Comparison) -> Vec<Vec<String>> {
    let names = comparison.runs.iter().map(|run| run.name.clone());
    let mut rows = vec![std::iter::once("setting".to_owned()).chain(names).collect()];
    for (key, values) in &comparison.differences {
        let values = values.iter().map(|value| value.clone().unwrap_or_else(|| "-".to_owned()));
        rows.push(std::iter::once(key.clone()).chain(values).collect());
    }
    rows
}

fn plot(path: &Path, metric: ScoreName, runs: &[RunDir], summaries: &[RunSummary]) -> Result<(), Error> {
    let mut drawn = Vec::new();
    for (colour, (run, summary)) in runs.iter().zip(summaries).enumerate() {
        let rows = metrics_file::read(&run.file(file::METRICS))?;
        for (split, stroke) in [("train", Stroke::Solid), ("valid", Stroke::Dashed)] {
            let name = (stroke == Stroke::Solid).then(|| summary.name.clone());
            drawn.push(Curve { name, colour, stroke, points: curve(&rows, split, metric.name()) });
        }
    }
    if !drawn.iter().any(is_drawn) {
        return Err(UsageError::NotRecorded(metric.name()).into());
    }
    let axis = metric.description().axis();
    let picture = Curves::new("training, and validation dashed", &axis, &drawn, Scale::Linear)?;
    Ok(atomic::write_output(path, &png(&picture)?)?)
}

fn write_page(path: &Path, runs: &[RunDir], comparison: &Comparison) -> Result<(), Error> {
    let compared = runs.iter().zip(&comparison.runs).map(|(run, summary)| {
        let metrics = metrics_file::read(&run.file(file::METRICS))?;
        Ok(Compared { summary: summary.clone(), metrics, samples_per_update: samples_per_update(run)? })
    });
    let compared: Vec<Compared> = compared.collect::<Result<_, Error>>()?;
    Ok(atomic::write_output(path, comparison_page(&compared, &comparison.differences)?.as_bytes())?)
}

/// The samples of an update, in the mean over an epoch.
fn samples_per_update(run: &RunDir) -> Result<f64, Error> {
    let training = Config::load(&run.file(file::CONFIG), &[])?.training;
    let n_train = RunRecord::read(run.path())?.data.n_train;
    let iterations = training.plan.iterations(n_train);
    let samples = training.plan.samples(iterations, n_train) as f64;
    Ok(samples / training.updates_per_epoch(n_train).max(1) as f64)
}
