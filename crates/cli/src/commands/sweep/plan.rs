//! The runs of a sweep: their names, commands and configurations.

use super::SweepArgs;
use crate::commands::config_args::ConfigArgs;
use crate::error::{Error, UsageError};
use crate::sweep::{Job, Point};
use emberlab_config::{Config, settings};
use emberlab_data::text::shell_word;
use emberlab_run::config_file::read_settings;
use emberlab_run::{Outcome, RunDir, RunSummary, file};
use std::env;
use std::ffi::OsString;
use std::path::Path;

/// A run of a sweep.
pub struct Planned {
    /// The index of its combination.
    pub point: usize,
    /// Its name, and the arguments of `emberlab` that train it.
    pub job: Job,
    /// Its configuration.
    pub config: Config,
}

/// The key that successive halving sets.
pub const EPOCHS: &str = "training.epochs";

/// The key of the threads of a run.
const THREADS: &str = "device.threads";

/// What the runs of a sweep follow from.
pub struct Plan<'a> {
    /// The arguments of the command.
    pub arguments: &'a SweepArgs,
    /// The configuration with the first of the settings that are tried.
    pub base: &'a Config,
    /// The settings.
    pub points: &'a [Point],
    /// The sweep's folder.
    pub folder: &'a Path,
    /// Number of runs at the same time.
    pub workers: usize,
}

impl Plan<'_> {
    /// The runs of some points, checked before the first begins; in a rung of successive halving, given by its number and epochs,
    /// they have names of their own.
    ///
    /// # Errors
    ///
    /// Those of the configurations; [`UsageError::NotComputed`].
    pub fn runs(
        &self,
        rung: Option<(usize, usize)>,
        points: impl IntoIterator<Item = usize>,
    ) -> Result<Vec<Planned>, Error> {
        let seeds = self.arguments.seeds;
        let runs = points.into_iter().flat_map(|point| (0..seeds).map(move |seed| (point, seed)));
        let run = |(point, seed)| {
            let number = point * seeds + seed + 1;
            let (name, epochs) = match rung {
                None => (format!("{number:04}"), None),
                Some((rung, epochs)) => (format!("{rung}-{number:04}"), Some(epochs)),
            };
            self.run(point, seed, name, epochs)
        };
        runs.map(run).collect()
    }

    fn run(&self, point: usize, seed: usize, name: String, epochs: Option<usize>) -> Result<Planned, Error> {
        let mut set = self.arguments.config.set.clone();
        set.extend(self.points[point].settings.iter().map(|(key, value)| format!("{key}={value}")));
        if self.arguments.seeds > 1 {
            set.push(format!("seed={}", self.base.seed as usize + seed));
        }
        if self.workers > 1 && self.base.device.threads.is_none() {
            // As many processes as cores, and one thread for each.
            set.push(format!("{THREADS}=1"));
        }
        set.extend(epochs.map(|epochs| format!("{EPOCHS}={epochs}")));
        set.push(format!("name=\"{name}\""));
        let changes = ConfigArgs { set, ..self.arguments.config.clone() };
        let config = changes.load()?;
        if let Some(metric) = self.arguments.metric.metric()
            && !config.metric_names().contains(&metric)
        {
            return Err(UsageError::NotComputed(metric.name()).into());
        }
        let mut train: Vec<OsString> = vec!["train".into(), self.arguments.config.path.clone().into()];
        for (option, values) in [("--unset", changes.unset), ("--set", changes.set)] {
            values.into_iter().for_each(|value| train.extend([option.into(), OsString::from(value)]));
        }
        train.extend([OsString::from("--artifacts"), OsString::from(self.folder)]);
        train.extend(["--resume", "--dashboard", "none"].map(OsString::from));
        Ok(Planned { point, job: Job { name, arguments: train }, config })
    }
}

/// The commands that train the runs, one a line, with this program as it was called.
pub fn command_lines(planned: &[Planned]) -> String {
    let program = env::args_os().next().unwrap_or_else(|| "emberlab".into());
    let line = |planned: &Planned| {
        let words = [&program].into_iter().chain(&planned.job.arguments);
        let words: Vec<String> = words.map(|word| shell_word(&word.to_string_lossy())).collect();
        words.join(" ") + "\n"
    };
    planned.iter().map(line).collect()
}

/// The summary of a run that has finished; `None` for one that has not ended or begun.
///
/// # Errors
///
/// [`Error::Training`] when the run was trained with other settings.
pub fn finished(folder: &Path, planned: &Planned) -> Result<Option<RunSummary>, Error> {
    let path = folder.join(&planned.job.name);
    if !path.join(file::RECORD).is_file() || !path.join(file::CONFIG).is_file() {
        return Ok(None);
    }
    let run = RunDir::open(folder, &path)?;
    run.remove_leftovers();
    let mut was = read_settings(&run.file(file::CONFIG))?;
    let mut is = settings::flatten(&planned.config.to_toml()).map_err(Error::Settings)?;
    for settings in [&mut was, &mut is] {
        settings.remove(THREADS);
    }
    if was != is {
        let reason = "is of another sweep; choose another `name`, or move it away".to_owned();
        return Err(Error::artifact(path, reason));
    }
    // `train --resume` handles a damaged record.
    let summary = RunSummary::read(&run).ok();
    Ok(summary.filter(|summary| summary.outcome == Outcome::Finished && !summary.busy))
}
