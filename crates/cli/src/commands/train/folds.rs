//! `emberlab train --folds`: stratified cross-validation.
//!
//! The run of each fold is a run like any other, whose configuration says which fold it leaves out.

use crate::error::{Error, INTERRUPTED, UsageError};
use crate::output::print;
use emberlab_config::{Config, ConfigError, settings};
use emberlab_run::config_file::read_settings;
use emberlab_run::folds_file::{self, FoldRun, Spread, spreads};
use emberlab_run::{Error as RunError, Existing, Outcome, RunDir, RunRecord, file, show};
use emberlab_training::train::{TrainOptions, TrainReport};
use std::path::Path;

/// The most folds, as of `data.folds`.
const MAX_FOLDS: usize = 1000;

/// Parses the number of folds.
pub fn number(text: &str) -> Result<usize, String> {
    let folds = text.parse().ok().filter(|folds| (2..=MAX_FOLDS).contains(folds));
    folds.ok_or_else(|| format!("must be a whole number from 2 to {MAX_FOLDS}"))
}

/// The runs of a cross-validation.
pub struct Folds {
    /// The name of the configuration.
    name: String,
    /// The configuration of each fold.
    configs: Vec<Config>,
}

impl Folds {
    /// The folds of a configuration, which `load` reads with some more values set.
    pub fn plan(
        folds: usize,
        load: impl Fn(&[String]) -> Result<Config, ConfigError>,
    ) -> Result<Self, Error> {
        let base = load(&[])?;
        if base.data.fold.is_some() {
            return Err(UsageError::FoldIsSet.into());
        }
        let config = |fold| {
            let name = toml::Value::from(format!("{}-fold-{fold}", base.name));
            load(&[format!("data.folds={folds}"), format!("data.fold={fold}"), format!("name={name}")])
        };
        let configs = (1..=folds).map(config).collect::<Result<_, _>>()?;
        Ok(Self { name: base.name, configs })
    }

    /// Trains the run of each fold with `train`, one after the other, and writes the scores and the predictions of them all.
    /// Prints the scores of each fold where it `shows_folds`.
    pub fn run(
        &self,
        options: &TrainOptions,
        shows_folds: bool,
        train: impl Fn(&Config) -> Result<TrainReport, Error>,
    ) -> Result<(), Error> {
        let Self { name, configs } = self;
        refuse_existing(configs, options)?;
        let folder = options.artifacts.join(format!("{name}-folds"));
        let (mut runs, mut n_classes) = (Vec::new(), 0);
        for (fold, config) in (1..).zip(configs) {
            let record = match finished(config, options)? {
                Some(record) => record,
                None => {
                    folds_file::remove(&folder)?;
                    let trained = train(config).inspect_err(|error| tell_fold(error, fold, configs.len()));
                    RunRecord::read(&trained?.run)?
                }
            };
            n_classes = record.data.class_names.len();
            let run = fold_run(fold, &options.artifacts, record)?;
            if shows_folds {
                print::strong_lines(&format!("fold   {fold} of {}  {}\n", configs.len(), scores(&run)))?;
                print::text("\n")?;
            }
            runs.push(run);
        }
        folds_file::write(&folder, &runs, n_classes)?;
        print::text(&table(&runs))?;
        print::strong_lines(&format!("\nfolds  {}\n", folder.display()))
    }
}

/// Says in which fold an error came, where others are done. Who stops a program knows.
fn tell_fold(error: &Error, fold: usize, n_folds: usize) {
    if fold > 1 && error.exit_code() != INTERRUPTED {
        print::warning(&format!(
            "fold {fold} of {n_folds} ends with an error; those before it are kept for `--resume`"
        ));
    }
}

/// Refuses runs that are to be kept, before the first is trained.
fn refuse_existing(configs: &[Config], options: &TrainOptions) -> Result<(), Error> {
    if options.existing != Existing::Keep {
        return Ok(());
    }
    let mut paths = configs.iter().map(|config| options.artifacts.join(&config.name));
    match paths.find(|path| path.join(file::RECORD).exists()) {
        Some(path) => Err(RunError::RunExists(path).into()),
        None => Ok(()),
    }
}

/// The record of a run that is to be resumed and is finished; `None` for one that is to be trained.
fn finished(config: &Config, options: &TrainOptions) -> Result<Option<RunRecord>, Error> {
    let path = options.artifacts.join(&config.name);
    if options.existing != Existing::Resume || !path.join(file::RECORD).is_file() {
        return Ok(None);
    }
    let run = RunDir::open(&options.artifacts, &path)?;
    let is = settings::flatten(&config.to_toml()).map_err(Error::Settings)?;
    // Training handles other settings and damaged files.
    let is_same = read_settings(&run.file(file::CONFIG)).is_ok_and(|was| was == is);
    let record = RunRecord::read(run.path()).ok();
    let is_done = |record: &RunRecord| record.outcome == Outcome::Finished && record.metrics.test.is_some();
    let is_whole = run.file(file::PREDICTIONS).is_file();
    Ok(record.filter(|record| is_same && is_whole && is_done(record) && !run.is_busy()))
}

fn fold_run(fold: usize, artifacts: &Path, record: RunRecord) -> Result<FoldRun, Error> {
    let path = artifacts.join(&record.name);
    match record.metrics.test {
        Some(scores) => Ok(FoldRun { fold, name: record.name, path, n_samples: record.data.n_test, scores }),
        None => Err(Error::artifact(path.join(file::RECORD), "has no score of its fold".to_owned())),
    }
}

fn scores(run: &FoldRun) -> String {
    let numbers = run.scores.iter().map(|(name, value)| format!("{name} {}", show(name, value)));
    numbers.collect::<Vec<_>>().join("  ")
}

/// A table of the scores of each fold, with mean and deviation below.
fn table(runs: &[FoldRun]) -> String {
    let spreads = spreads(runs);
    let names = spreads.iter().map(|spread| spread.name.clone());
    let mut rows = vec![["fold", "samples"].map(str::to_owned).into_iter().chain(names).collect::<Vec<_>>()];
    for run in runs {
        let mut row = vec![run.fold.to_string(), run.n_samples.to_string()];
        let values = spreads.iter().map(|spread| {
            run.scores.get(&spread.name).map_or("-".to_owned(), |value| show(&spread.name, value))
        });
        row.extend(values);
        rows.push(row);
    }
    let means = spreads.iter().map(mean);
    rows.push(["mean", ""].map(str::to_owned).into_iter().chain(means).collect());
    print::table(&rows)
}

/// A mean and its deviation, as in `95.31 ± 0.20 %`.
fn mean(spread: &Spread) -> String {
    let mean = show(&spread.name, spread.mean);
    let number = mean.strip_suffix(" %").unwrap_or(&mean);
    format!("{number} ± {}", show(&spread.name, spread.deviation))
}
