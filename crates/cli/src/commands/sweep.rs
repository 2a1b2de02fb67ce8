//! `emberlab sweep`.

use super::config_args::ConfigArgs;
use super::score_name::score_name;
use crate::error::{Error, UsageError};
use crate::output::print;
use crate::signals;
use crate::sweep::{Axis, Job, JobEvent, Mean, Point, Rank, RankedPart, points, rank, run_all};
use clap::Args;
use emberlab_config::settings;
use emberlab_config::{Config, ScoreName};
use emberlab_data::file_lock::FileLock;
use emberlab_models::{LOSS, MetricName, Unit};
use emberlab_run::config_file::read_settings;
use emberlab_run::leftovers;
use emberlab_run::{DEFAULT_ARTIFACTS, Metrics, Outcome, RunDir, RunSummary, Scores, file, show};
use emberlab_training::StopSignal;
use emberlab_training::devices;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  emberlab sweep configs/iris.toml --grid training.optimizer.learning_rate=0.1,0.01 \
                        --grid model.hidden=[4],[8] --seeds 3\n  emberlab sweep configs/iris.toml --grid model.hidden=[4],[8],[16],[32] --random 2"
)]
pub struct SweepArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// A key and the values it takes, as in `training.optimizer.learning_rate=0.1,0.01`; may be repeated
    #[arg(long = "grid", value_name = "KEY.PATH=A,B,C", required = true, value_parser = Axis::parse)]
    grid: Vec<Axis>,
    /// Number of combinations to try, drawn at random, in place of all
    #[arg(long, value_name = "N", value_parser = super::config_args::at_least_one)]
    random: Option<usize>,
    /// Number of seeds for each combination, counted up from the configuration's
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = super::config_args::at_least_one)]
    seeds: usize,
    /// Number of runs at the same time; by default, the number of cores
    #[arg(long, value_name = "N", value_parser = super::config_args::at_least_one)]
    jobs: Option<usize>,
    /// The number of the validation score that settings are ranked by
    #[arg(long, value_name = "NAME", default_value = LOSS.name, value_parser = score_name())]
    metric: ScoreName,
    /// The folder in which the sweep's folder is created
    #[arg(long, value_name = "DIR", default_value = DEFAULT_ARTIFACTS)]
    artifacts: PathBuf,
    /// Print the ranking as JSON
    #[arg(long)]
    json: bool,
}

/// Time between two looks at a folder in which another sweep is at work.
const POLL: Duration = Duration::from_millis(50);

/// A run of a sweep.
struct Planned {
    /// The index of its combination.
    point: usize,
    job: Job,
    config: Config,
}

pub fn run(arguments: &SweepArgs) -> Result<(), Error> {
    let base = arguments.config.load()?;
    let points = points(&arguments.grid, arguments.random, base.seed)?;
    let folder = arguments.artifacts.join(format!("{}-sweep", base.name));
    let workers = arguments.jobs.unwrap_or_else(devices::threads);
    let planned = plan(arguments, &base, &points, &folder, workers)?;
    let stop = signals::listen()?;
    let say = |text: &str| if arguments.json { Ok(()) } else { print::text(text) };
    let shown_folder = folder.display();
    let say_waits = |reason: &str| -> Result<(), Error> {
        let text = format!("sweep  {shown_folder}, waiting for {reason}\n");
        if arguments.json {
            print::warning(text.trim_end())
        } else {
            say(&text)?
        }
        Ok(())
    };
    let _lock = take_folder(&folder, &stop, || say_waits("another sweep that is at work there"))?;
    leftovers::try_remove(&folder);

    let summaries: Vec<Mutex<Option<RunSummary>>> = planned.iter().map(|_| Mutex::new(None)).collect();
    let mut left = Vec::new();
    for (index, planned) in planned.iter().enumerate() {
        match finished(&folder, planned)? {
            Some(summary) => *lock(&summaries[index]) = Some(summary),
            None => left.push(index),
        }
    }
    let (n, n_done) = (planned.len(), planned.len() - left.len());
    say(&format!("sweep  {shown_folder}, {n} runs, {n_done} of them done, {workers} at a time\n"))?;
    let jobs: Vec<Job> = left.iter().map(|&index| planned[index].job.clone()).collect();
    let failures = Mutex::new(Vec::new());
    let waits = AtomicBool::new(false);
    let ran = run_all(&folder, &jobs, workers, &stop, |job, event| {
        let index = left[job];
        let settings = shown(&points[planned[index].point]);
        let name = &planned[index].job.name;
        let line = match event {
            JobEvent::Waits => {
                if !waits.swap(true, Ordering::Relaxed) {
                    // A closed standard output does not stop the sweep.
                    let _ = say_waits("runs that another process works on");
                }
                return;
            }
            JobEvent::Ended(Ok(summary)) => {
                let line = format!("run {name}  {settings}  {}\n", scores(&summary));
                *lock(&summaries[index]) = Some(*summary);
                line
            }
            // A run that was stopped with the sweep has not failed.
            JobEvent::Ended(Err(_)) if stop.came() => return,
            JobEvent::Ended(Err(reason)) => {
                lock(&failures).push(format!("run {name}: {reason}"));
                format!("run {name}  {settings}  failed\n")
            }
        };
        // A closed standard output does not stop the sweep.
        let _ = say(&line);
    });
    ran?;
    let by_point = points.iter().enumerate().map(|(point, settings)| {
        let of_point = planned.iter().zip(&summaries).filter(|(planned, _)| planned.point == point);
        (settings.clone(), of_point.filter_map(|(_, summary)| lock(summary).clone()).collect())
    });
    let ranks = rank(&by_point.collect::<Vec<_>>(), arguments.metric);
    if arguments.json {
        print::json(&ranks)?;
    } else {
        print::text(&tables(&ranks, arguments.metric))?;
    }
    match failures.into_inner().unwrap_or_else(PoisonError::into_inner) {
        failures if failures.is_empty() => Ok(()),
        failures => Err(Error::Sweep(failures)),
    }
}

fn lock<T>(value: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Creates the folder of a sweep and locks it before anything in it is read. Calls `waits` once if another sweep holds the
/// lock.
fn take_folder(
    folder: &Path,
    stop: &StopSignal,
    waits: impl FnOnce() -> Result<(), Error>,
) -> Result<FileLock, Error> {
    let path = folder.join(file::LOCK);
    let mut waits = Some(waits);
    loop {
        fs::create_dir_all(folder).map_err(Error::write(folder))?;
        if let Some(lock) = FileLock::try_take(&path).map_err(Error::write(&path))? {
            return Ok(lock);
        }
        if let Some(waits) = waits.take() {
            waits()?;
        }
        if stop.came() {
            return Err(Error::SweepInterrupted);
        }
        sleep(POLL);
    }
}

/// Every run, checked before the first begins.
fn plan(
    arguments: &SweepArgs,
    base: &Config,
    points: &[Point],
    folder: &Path,
    workers: usize,
) -> Result<Vec<Planned>, Error> {
    let mut planned = Vec::new();
    for (point, Point { settings }) in points.iter().enumerate() {
        for seed in 0..arguments.seeds {
            let name = format!("{:04}", planned.len() + 1);
            let mut set = arguments.config.set.clone();
            set.extend(settings.iter().map(|(key, value)| format!("{key}={value}")));
            if arguments.seeds > 1 {
                set.push(format!("seed={}", base.seed as usize + seed));
            }
            if workers > 1 {
                // As many processes as cores, and one thread for each.
                set.push("device.threads=1".to_owned());
            }
            set.push(format!("name=\"{name}\""));
            let changes = ConfigArgs { set, ..arguments.config.clone() };
            let config = changes.load()?;
            if let Some(metric) = arguments.metric.metric()
                && !config.metric_names().contains(&metric)
            {
                return Err(UsageError::NotComputed(metric.name()).into());
            }
            let mut train: Vec<OsString> = vec!["train".into(), arguments.config.path.clone().into()];
            for (option, values) in [("--unset", changes.unset), ("--set", changes.set)] {
                values.into_iter().for_each(|value| train.extend([option.into(), OsString::from(value)]));
            }
            train.extend([OsString::from("--artifacts"), OsString::from(folder)]);
            train.extend(["--resume", "--worker", "--dashboard", "none"].map(OsString::from));
            planned.push(Planned { point, job: Job { name, arguments: train }, config });
        }
    }
    Ok(planned)
}

/// The summary of a run that an earlier sweep finished; `None` for one that has not ended or begun.
///
/// # Errors
///
/// [`Error::Training`] when the run was trained with other settings.
fn finished(folder: &Path, planned: &Planned) -> Result<Option<RunSummary>, Error> {
    let path = folder.join(&planned.job.name);
    if !path.join(file::RECORD).is_file() || !path.join(file::CONFIG).is_file() {
        return Ok(None);
    }
    let run = RunDir::open(folder, &path)?;
    run.remove_leftovers();
    let mut was = read_settings(&run.file(file::CONFIG))?;
    let mut is = settings::flatten(&planned.config.to_toml()).map_err(Error::Settings)?;
    for settings in [&mut was, &mut is] {
        settings.remove("device.threads");
    }
    if was != is {
        let reason = "is of another sweep; choose another `name`, or move it away".to_owned();
        return Err(Error::artifact(path, reason));
    }
    // `train --resume` handles a damaged record.
    let summary = RunSummary::read(&run).ok();
    Ok(summary.filter(|summary| summary.outcome == Outcome::Finished && !summary.busy))
}

fn shown(point: &Point) -> String {
    let settings: Vec<String> = point.settings.iter().map(|(key, value)| format!("{key}={value}")).collect();
    settings.join(" ")
}

fn scores(run: &RunSummary) -> String {
    let part = |part: &str, scores: &Option<Scores>| {
        let numbers = scores.as_ref()?.iter().map(|(name, value)| format!("{name} {}", show(name, value)));
        Some(format!("{part} {}", numbers.collect::<Vec<_>>().join(" ")))
    };
    let Metrics { validation, train, .. } = &run.metrics;
    part("validation", validation).or_else(|| part("train", train)).unwrap_or_default()
}

/// A table for the settings on each data, and why some are not compared.
fn tables(ranks: &[Rank], metric: ScoreName) -> String {
    let groups = ranks.chunk_by(|left, right| left.data == right.data);
    let groups: Vec<String> = groups.map(|ranks| table(ranks, metric)).collect();
    let mut text = groups.concat();
    if groups.len() > 1 {
        text += "\nruns on different data are ranked apart: their scores are not of the same samples\n";
    }
    if ranks.iter().any(|rank| rank.by.is_none()) {
        text += "\nnot ranked, for the runs minimise different losses and have no validation part to be compared by; \
                 set `data.validation_fraction`\n";
    }
    text
}

fn table(ranks: &[Rank], metric: ScoreName) -> String {
    let keys =
        ranks.first().map_or(Vec::new(), |rank| rank.settings.iter().map(|(key, _)| key.clone()).collect());
    let validated = ranks.iter().any(|rank| rank.by.is_some_and(|by| by.part == RankedPart::Validation));
    let part = if validated { "valid" } else { "train" };
    // The accuracy of the validation part has a column in any case.
    let is_extra = ![ScoreName::Loss, ScoreName::Metric(MetricName::Accuracy)].contains(&metric);
    let mut header = vec!["rank".to_owned()];
    header.extend(keys);
    header.push(format!("{part} loss"));
    header.extend(is_extra.then(|| format!("{part} {}", metric.name())));
    header.extend(["valid acc.", "test acc.", "runs"].map(str::to_owned));
    let mut rows = vec![header];
    for rank in ranks {
        let mut row = vec![rank.rank.map_or("-".to_owned(), |place| place.to_string())];
        row.extend(rank.settings.iter().map(|(_, value)| value.clone()));
        row.push(mean(rank.loss, Unit::Nats));
        row.extend(is_extra.then(|| mean(rank.metric, metric.description().unit)));
        row.push(mean(rank.validation_accuracy, Unit::Share));
        row.push(mean(rank.test_accuracy, Unit::Share));
        row.push(rank.runs.join(" "));
        rows.push(row);
    }
    format!("\n{}", print::table(&rows))
}

/// A mean and its standard deviation, as in `0.123456` and `95.31 ± 0.20 %`.
fn mean(mean: Option<Mean>, unit: Unit) -> String {
    let Some(Mean { mean, deviation }) = mean else { return "-".to_owned() };
    let mean = unit.show(mean);
    match deviation {
        None => mean,
        Some(deviation) => {
            let number = mean.strip_suffix(" %").unwrap_or(&mean);
            format!("{number} ± {}", unit.show(deviation))
        }
    }
}
