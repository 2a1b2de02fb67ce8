//! The lab as a page: the notebook's experiments, run in its order, with their formulas and numbers.
//!
//! [`run`] trains every experiment of `configs/lab/` under `artifacts/lab/runs/`, the image classifiers with further
//! seeds under `artifacts/lab/seeds/`, checks the derivatives by hand, and writes `artifacts/lab/index.html`.

mod experiment;
mod page;
mod playground;
mod published;
mod results;
mod sections;
mod spread;

use crate::build_info::GIT_COMMIT;
use crate::error::Error;
use crate::host::{Display, TerminalHost};
use crate::reported::material;
use emberlab_config::Config;
use emberlab_data::{DataError, Phase, Progress};
use emberlab_models::LOSS;
use emberlab_report::{figures, run_page};
use emberlab_run::metrics_file::{self, curve};
use emberlab_run::{Existing, RunDir, atomic, file};
use emberlab_training::gradcheck::{GradcheckOptions, Report, gradcheck};
use emberlab_training::host::Host;
use emberlab_training::train::{TrainOptions, train};
use emberlab_training::{Error as TrainingError, StopSignal, WorkedExample, load};
use experiment::{Experiment, check_overrides};
use results::{Done, Lab};
use spread::Spread;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Seeds that the published losses are compared with.
const N_SEEDS: u32 = 16;
/// The folder of the lab under the artifacts.
const FOLDER: &str = "lab";
const RUNS: &str = "runs";
const SEEDS: &str = "seeds";
const PAGE: &str = "index.html";

/// The options of the lab.
pub struct LabOptions<'a> {
    /// The folder of all runs.
    pub artifacts: PathBuf,
    /// `key.path=value`, for the experiments that have the key.
    pub overrides: Vec<String>,
    /// Requests to stop.
    pub stop: StopSignal,
    /// Receives warnings.
    pub warn: fn(&str),
    /// Receives a line of progress after each step.
    pub tell: &'a dyn Fn(&str) -> Result<(), Error>,
    /// Shows the progress within a step.
    pub progress: &'a dyn Progress,
}

/// Runs the lab and returns the path of its page.
///
/// Leaves experiments on images out, with a warning and a note on the page, if the images are missing.
///
/// # Errors
///
/// Every [`Error`] that training has; [`Error::Gradcheck`], with the page written, if derivatives do not agree.
pub fn run(options: &LabOptions<'_>) -> Result<PathBuf, Error> {
    check_overrides(&options.overrides)?;
    let folder = options.artifacts.join(FOLDER);
    fs::create_dir_all(&folder).map_err(Error::write(&folder))?;
    let start = Instant::now();
    let no_images = no_images(options)?;
    if let Some(reason) = &no_images {
        (options.warn)(&format!("{reason}; the experiments on images are left out"));
    }
    let there = |experiment: &&Experiment| no_images.is_none() || !experiment.is_image();
    let experiments: Vec<Experiment> = Experiment::ALL.iter().filter(there).copied().collect();
    let mut done = Vec::new();
    for &experiment in &experiments {
        done.push(run_experiment(experiment, options, &folder)?);
    }
    let mut spreads = Vec::new();
    for (experiment, by_hand) in
        [(Experiment::LINEAR, Experiment::LINEAR_MANUAL), (Experiment::MLP, Experiment::MLP_MANUAL)]
    {
        if experiments.contains(&experiment) {
            spreads.push((experiment, spread(experiment, by_hand, options, &folder)?));
        }
    }
    let mut checks = Vec::new();
    let by_hand =
        [Experiment::SOFTMAX, Experiment::BINARY, Experiment::LINEAR_MANUAL, Experiment::MLP_MANUAL];
    for experiment in by_hand.into_iter().filter(|experiment| experiments.contains(experiment)) {
        checks.push((experiment, check(experiment, options)?));
    }
    let worked = [Experiment::SOFTMAX_SGD, Experiment::BINARY_SGD]
        .into_iter()
        .map(|experiment| Ok(WorkedExample::new(&experiment.config(&options.overrides)?)?))
        .collect::<Result<_, Error>>()?;
    let lab = Lab {
        done,
        no_images,
        worked,
        checks,
        spreads,
        overrides: options.overrides.clone(),
        artifacts: options.artifacts.clone(),
    };
    let path = folder.join(PAGE);
    atomic::write(&path, page::page(&lab)?.as_bytes())?;
    (options.tell)(&format!("done in {:.1} s", start.elapsed().as_secs_f64()))?;
    let failed: Vec<String> = lab.checks.iter().flat_map(|(_, report)| report.failed()).collect();
    if failed.is_empty() { Ok(path) } else { Err(Error::Gradcheck(failed)) }
}

/// The reason why images are missing; `None` if they are available.
fn no_images(options: &LabOptions<'_>) -> Result<Option<String>, Error> {
    let config = Experiment::LINEAR.config(&options.overrides)?;
    match load(&config, options.progress) {
        Ok(_) => Ok(None),
        Err(error @ TrainingError::Data(DataError::Missing { .. })) => Ok(Some(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

/// Trains an experiment, draws it and writes its own page.
fn run_experiment(experiment: Experiment, options: &LabOptions<'_>, folder: &Path) -> Result<Done, Error> {
    let config = experiment.config(&options.overrides)?;
    let run = train_into(&config, options, folder.join(RUNS))?;
    let material = material(run, options.progress, options.warn)?;
    let plots = material.directory.file(file::PLOTS);
    fs::create_dir_all(&plots).map_err(Error::write(&plots))?;
    let figures = figures(&material)?;
    for figure in &figures {
        figure.write(&plots)?;
    }
    material.directory.write(file::REPORT, run_page(&material, &figures)?.as_bytes())?;
    let done = Done { experiment, material, figures };
    (options.tell)(&format!(
        "{:24} {:>6} updates in {:>6.2} s   test accuracy {}",
        experiment.name,
        done.material.record.updates,
        done.material.record.seconds.train,
        done.test_accuracy()
    ))?;
    Ok(done)
}

fn train_into(config: &Config, options: &LabOptions<'_>, artifacts: PathBuf) -> Result<RunDir, Error> {
    let train_options = TrainOptions {
        artifacts: artifacts.clone(),
        existing: Existing::Replace,
        wait: false,
        git_commit: GIT_COMMIT.to_owned(),
    };
    let host: Arc<dyn Host> =
        Arc::new(TerminalHost::new(Display::Nothing, options.stop.clone(), Box::new(|_, _| ())));
    let report = train(config, &train_options, &host)?;
    Ok(RunDir::open(&artifacts, &report.run)?)
}

/// Trains an image classifier with further seeds. Uses gradients by hand, which are faster.
fn spread(
    experiment: Experiment,
    by_hand: Experiment,
    options: &LabOptions<'_>,
    folder: &Path,
) -> Result<Spread, Error> {
    let start = Instant::now();
    let mut curves = Vec::new();
    options.progress.begin(Phase::Train, Some(N_SEEDS.into()));
    for seed in 1..=N_SEEDS {
        let config = by_hand.with_seed(&options.overrides, seed)?;
        let run = train_into(&config, options, folder.join(SEEDS))?;
        let metrics = metrics_file::read(&run.file(file::METRICS))?;
        curves.push(curve(&metrics, "train", LOSS.name).into_iter().map(|point| point.1).collect());
        options.progress.reach(seed.into());
    }
    options.progress.end();
    (options.tell)(&format!(
        "{:24} {N_SEEDS} further seeds in {:.2} s",
        experiment.name,
        start.elapsed().as_secs_f64()
    ))?;
    Spread::new(experiment.name, &curves)
}

fn check(experiment: Experiment, options: &LabOptions<'_>) -> Result<Report, Error> {
    let config = experiment.config(&options.overrides)?;
    let start = Instant::now();
    let check_options = GradcheckOptions { warn: options.warn, ..GradcheckOptions::default() };
    let report = gradcheck(&config, &check_options, options.progress)?;
    (options.tell)(&format!(
        "{:24} derivatives {} in {:.2} s",
        experiment.name,
        if report.passed { "agree" } else { "DO NOT AGREE" },
        start.elapsed().as_secs_f64()
    ))?;
    Ok(report)
}
