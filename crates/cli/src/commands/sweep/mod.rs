//! `emberlab sweep`.

mod files;
mod plan;
mod tables;

use self::plan::{EPOCHS, Plan, Planned, command_lines, finished};
use self::tables::tables;
use super::config_args::ConfigArgs;
use super::score_name::score_name;
use crate::error::{Error, UsageError};
use crate::output::print;
use crate::signals;
use crate::sweep::{Axis, Job, JobEvent, Point, Rank, Rung, points, rank, run_all, rungs};
use clap::Args;
use emberlab_config::{Config, ScoreName};
use emberlab_data::file_lock::FileLock;
use emberlab_models::LOSS;
use emberlab_run::leftovers;
use emberlab_run::{DEFAULT_ARTIFACTS, Metrics, RunSummary, Scores, file, show};
use emberlab_training::StopSignal;
use emberlab_training::devices;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  emberlab sweep configs/iris.toml --grid training.optimizer.learning_rate=0.1,0.01 \
                        --grid model.hidden=[4],[8] --seeds 3\n  emberlab sweep configs/iris.toml --grid model.hidden=[4],[8],[16],[32] --random 2\n  \
                        emberlab sweep configs/iris.toml --log-range training.optimizer.learning_rate=0.001..1 --random 20\n  \
                        emberlab sweep configs/iris.toml --grid seed=1,2,3,4 --list | parallel"
)]
pub struct SweepArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// A key and the values it takes, as in `training.optimizer.learning_rate=0.1,0.01`; may be repeated
    #[arg(long = "grid", value_name = "KEY.PATH=A,B,C", required_unless_present_any = ["range", "log_range"], value_parser = Axis::parse)]
    grid: Vec<Axis>,
    /// A key and the range from which `--random` draws its values, whole numbers if both bounds are, as in
    /// `training.batch_size=8..64`; may be repeated
    #[arg(long, value_name = "KEY.PATH=LOW..HIGH", allow_hyphen_values = true, value_parser = Axis::parse_range)]
    range: Vec<Axis>,
    /// The same where equal ratios are equally likely, as in `training.optimizer.learning_rate=0.001..1`; may be repeated
    #[arg(long, value_name = "KEY.PATH=LOW..HIGH", allow_hyphen_values = true, value_parser = Axis::parse_log_range)]
    log_range: Vec<Axis>,
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
    /// Train all combinations for a part of the epochs, and go on with the best 1/FACTOR of them for FACTOR times as many, as often
    /// as there are enough
    #[arg(long, value_name = "FACTOR", conflicts_with_all = ["list", "collect"], value_parser = factor)]
    halving: Option<usize>,
    /// Train nothing: print the commands that train the runs, one a line, for a cluster's queue or GNU parallel
    #[arg(long, conflicts_with_all = ["collect", "json"])]
    list: bool,
    /// Train nothing: rank the runs that other processes or machines have trained
    #[arg(long)]
    collect: bool,
    /// Print the ranking as JSON
    #[arg(long)]
    json: bool,
}

impl SweepArgs {
    /// Refuses keys that a sweep sets itself.
    fn check_keys(&self) -> Result<(), UsageError> {
        let set_by = [
            ("name", "the sweep", true),
            ("seed", "`--seeds`", self.seeds > 1),
            (EPOCHS, "`--halving`", self.halving.is_some()),
        ];
        let axes = self.axes();
        let is_tried = |key: &str| axes.iter().any(|axis| axis.key == key);
        match set_by.into_iter().find(|&(key, _, is_set)| is_set && is_tried(key)) {
            Some((key, by, _)) => Err(UsageError::SweptKey { key, by }),
            None => Ok(()),
        }
    }

    /// The configuration with the first value of each key, without which it may not be whole. Its seed stays: settings are drawn by it.
    fn base(&self) -> Result<Config, Error> {
        let mut changes = self.config.clone();
        let axes = self.axes();
        let tried = axes.iter().filter(|axis| axis.key != "seed");
        changes.set.extend(tried.filter_map(|axis| Some(format!("{}={}", axis.key, axis.first()?))));
        Ok(changes.load()?)
    }

    /// The keys that change.
    fn axes(&self) -> Vec<Axis> {
        [&self.grid, &self.range, &self.log_range].into_iter().flatten().cloned().collect()
    }
}

/// Parses a whole number from 2.
fn factor(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&factor| factor >= 2).ok_or_else(|| "must be a whole number from 2".to_owned())
}

/// Time between two looks at a folder in which another sweep is at work.
const POLL: Duration = Duration::from_millis(50);

pub fn run(arguments: &SweepArgs) -> Result<(), Error> {
    arguments.check_keys()?;
    let base = arguments.base()?;
    let points = points(&arguments.axes(), arguments.random, base.seed)?;
    let folder = arguments.artifacts.join(format!("{}-sweep", base.name));
    let workers = arguments.jobs.unwrap_or_else(devices::threads);
    let plan = Plan { arguments, base: &base, points: &points, folder: &folder, workers };
    if let Some(factor) = arguments.halving {
        let rungs = rungs(points.len(), base.training.epochs, factor);
        return Sweep::begin(arguments, &points, &folder, workers)?.halve(&plan, &rungs);
    }
    let planned = plan.runs(None, 0..points.len())?;
    if arguments.list {
        return print::text(&command_lines(&planned));
    }
    let sweep = Sweep::begin(arguments, &points, &folder, workers)?;
    let trained = sweep.train(&planned)?;
    let ranks = sweep.rank(&planned, &trained);
    if arguments.json {
        print::json(&ranks)?
    } else {
        print::text(&tables(&ranks, arguments.metric))?
    }
    sweep.end(&ranks, trained.failures)
}

/// A sweep at work in its folder.
struct Sweep<'a> {
    arguments: &'a SweepArgs,
    points: &'a [Point],
    folder: &'a Path,
    workers: usize,
    stop: StopSignal,
    _lock: FileLock,
}

/// The runs that have finished, by their place among the planned ones, and why the others have not.
struct Trained {
    summaries: Vec<Option<RunSummary>>,
    failures: Vec<String>,
}

impl<'a> Sweep<'a> {
    /// Takes the folder, when no other sweep works in it.
    fn begin(
        arguments: &'a SweepArgs,
        points: &'a [Point],
        folder: &'a Path,
        workers: usize,
    ) -> Result<Self, Error> {
        let stop = signals::listen()?;
        let waits = || say_waits(arguments, folder, "another sweep that is at work there");
        let lock = take_folder(folder, &stop, waits)?;
        leftovers::try_remove(folder);
        Ok(Self { arguments, points, folder, workers, stop, _lock: lock })
    }

    fn say(&self, text: &str) -> Result<(), Error> {
        if self.arguments.json { Ok(()) } else { print::text(text) }
    }

    /// Trains the runs that have not finished; with `--collect`, none.
    fn train(&self, planned: &[Planned]) -> Result<Trained, Error> {
        let mut summaries: Vec<Option<RunSummary>> =
            planned.iter().map(|planned| finished(self.folder, planned)).collect::<Result<_, _>>()?;
        let left: Vec<usize> = (0..planned.len()).filter(|&index| summaries[index].is_none()).collect();
        let (shown_folder, n, n_done) = (self.folder.display(), planned.len(), planned.len() - left.len());
        if self.arguments.collect {
            self.say(&format!("sweep  {shown_folder}, {n} runs, {n_done} of them done\n"))?;
            let failure = |&index: &usize| format!("run {}: has not finished", planned[index].job.name);
            return Ok(Trained { summaries, failures: left.iter().map(failure).collect() });
        }
        let workers = self.workers;
        self.say(&format!("sweep  {shown_folder}, {n} runs, {n_done} of them done, {workers} at a time\n"))?;
        let ended = Mutex::new(Vec::new());
        let waits = AtomicBool::new(false);
        let jobs: Vec<Job> = left.iter().map(|&index| planned[index].job.clone()).collect();
        run_all(self.folder, &jobs, workers, &self.stop, |job, event| match event {
            JobEvent::Waits => {
                if !waits.swap(true, Ordering::Relaxed) {
                    // A closed standard output does not stop the sweep.
                    let _ = say_waits(self.arguments, self.folder, "runs that another process works on");
                }
            }
            // A run that was stopped with the sweep has not failed.
            JobEvent::Ended(Err(_)) if self.stop.came() => (),
            JobEvent::Ended(end) => {
                // A closed standard output does not stop the sweep.
                let _ = self.say(&self.line(&planned[left[job]], &end));
                ended.lock().unwrap_or_else(PoisonError::into_inner).push((left[job], end));
            }
        })?;
        let mut failures = Vec::new();
        for (index, end) in ended.into_inner().unwrap_or_else(PoisonError::into_inner) {
            match end {
                Ok(summary) => summaries[index] = Some(*summary),
                Err(reason) => failures.push(format!("run {}: {reason}", planned[index].job.name)),
            }
        }
        Ok(Trained { summaries, failures })
    }

    fn line(&self, planned: &Planned, end: &Result<Box<RunSummary>, String>) -> String {
        let settings = shown(&self.points[planned.point]);
        let end = end.as_ref().map_or_else(|_| "failed".to_owned(), |summary| scores(summary));
        format!("run {}  {settings}  {end}\n", planned.job.name)
    }

    fn rank(&self, planned: &[Planned], trained: &Trained) -> Vec<Rank> {
        let mut by_point: Vec<(usize, Point, Vec<RunSummary>)> = Vec::new();
        for (planned, summary) in planned.iter().zip(&trained.summaries) {
            if by_point.last().is_none_or(|last| last.0 != planned.point) {
                by_point.push((planned.point, self.points[planned.point].clone(), Vec::new()));
            }
            if let Some(last) = by_point.last_mut() {
                last.2.extend(summary.clone());
            }
        }
        let by_point: Vec<_> = by_point.into_iter().map(|(_, point, runs)| (point, runs)).collect();
        rank(&by_point, self.arguments.metric)
    }

    /// Trains all settings for a part of the epochs, and only the best of each rung for longer.
    fn halve(&self, plan: &Plan<'_>, rungs: &[Rung]) -> Result<(), Error> {
        let mut alive: Vec<usize> = (0..self.points.len()).collect();
        let (mut failures, mut all) = (Vec::new(), Vec::new());
        let mut best = Vec::new();
        for (index, rung) in rungs.iter().enumerate() {
            let (number, of, n, epochs) = (index + 1, rungs.len(), alive.len(), rung.epochs);
            self.say(&format!("rung {number} of {of}, settings: {n}, epochs: {epochs}\n"))?;
            let planned = plan.runs(Some((number, epochs)), alive.iter().copied())?;
            let trained = self.train(&planned)?;
            let ranks = self.rank(&planned, &trained);
            failures.extend(trained.failures);
            self.say(&format!("{}\n", tables(&ranks, self.arguments.metric)))?;
            let next = rungs.get(index + 1).map_or(0, |next| next.n_points);
            let go_on = ranks.iter().filter(|rank| rank.rank.is_some_and(|place| place <= next));
            let go_on: Vec<&Vec<(String, String)>> = go_on.map(|rank| &rank.settings).collect();
            // Settings that were drawn twice go on once.
            let mut kept = BTreeSet::new();
            alive.retain(|&point| {
                let settings = &self.points[point].settings;
                go_on.contains(&settings) && kept.insert(settings)
            });
            best.clone_from(&ranks);
            all.push(RankedRung { epochs, settings: ranks });
            if alive.is_empty() {
                break;
            }
        }
        if self.arguments.json {
            print::json(&all)?;
        }
        let is_cut_short = all.len() < rungs.len() && failures.is_empty();
        self.end(&best, failures)?;
        if is_cut_short { Err(UsageError::NotRanked.into()) } else { Ok(()) }
    }

    /// Writes the files, and reports the runs that failed.
    fn end(&self, ranks: &[Rank], failures: Vec<String>) -> Result<(), Error> {
        let names = files::write(self.folder, ranks)?;
        self.say(&format!("\nfiles  {} in {}\n", names.join(", "), self.folder.display()))?;
        if failures.is_empty() { Ok(()) } else { Err(Error::Sweep(failures)) }
    }
}

/// The settings of a rung, in the output of `--json`.
#[derive(Serialize)]
struct RankedRung {
    epochs: usize,
    settings: Vec<Rank>,
}

fn say_waits(arguments: &SweepArgs, folder: &Path, reason: &str) -> Result<(), Error> {
    let text = format!("sweep  {}, waiting for {reason}", folder.display());
    if arguments.json {
        print::warning(&text);
        return Ok(());
    }
    print::text(&format!("{text}\n"))
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
