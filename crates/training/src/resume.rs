//! Whether a run that is there can go on, and from where.

use crate::checkpoint::{Checkpoint, CheckpointStore};
use crate::config::{Config, ScheduleConfig};
use crate::error::Error;
use crate::run_dir::{RunDir, file};
use crate::run_record::{DataRecord, read_data_record};
use crate::settings;
use std::fs;
use std::path::Path;

/// Keys that change nothing about what was done so far.
const FREE: [&str; 8] = [
    "name",
    "device.threads",
    "metrics.tensorboard",
    "training.epochs",
    "training.log_every",
    "training.checkpoint.every_minutes",
    "training.checkpoint.every_epochs",
    "training.checkpoint.keep",
];

/// Whether the run in `run` was begun with `config`, but for what may change.
///
/// # Errors
///
/// [`Error::Resume`] with each key that has another value, and [`Error::Artifact`] when the run's own
/// configuration cannot be read.
pub fn check_config(run: &Path, config: &Config) -> Result<(), Error> {
    let was = settings::read(&run.join(file::CONFIG))?;
    let is = settings::flatten(&config.to_toml()).map_err(Error::Training)?;
    let mut reasons = Vec::new();
    for key in was.keys().chain(is.keys().filter(|key| !was.contains_key(*key))) {
        if was.get(key) != is.get(key) && !FREE.contains(&key.as_str()) {
            let shown = |value: Option<&String>| value.cloned().unwrap_or_else(|| "not set".to_owned());
            reasons.push(format!("`{key}` was {}, is {}", shown(was.get(key)), shown(is.get(key))));
        }
    }
    let epochs = "training.epochs";
    if was.get(epochs) != is.get(epochs) && follows_the_run(&config.training.schedule) {
        reasons
            .push(format!("`{epochs}` has changed, and with it the schedule, which is as long as the run"));
    }
    match reasons.is_empty() {
        true => Ok(()),
        false => {
            let reason = format!("{}; choose another `--name` for a new run", reasons.join(", "));
            Err(Error::Resume { run: run.to_owned(), reason })
        }
    }
}

/// Whether a schedule has a part that is as long as the run.
fn follows_the_run(schedule: &ScheduleConfig) -> bool {
    let ramps = [schedule.warmup, schedule.linear, schedule.cosine];
    ramps.into_iter().flatten().any(|ramp| ramp.updates.is_none())
}

/// What a run goes on from; nothing where it must begin again, which leads to the same end. `warn` is told
/// of checkpoints that are damaged.
///
/// # Errors
///
/// [`Error::Resume`] when the data is not what the run was begun with, or it has done more epochs than
/// asked for.
pub fn find_checkpoint(
    run: &Path,
    config: &Config,
    data: &DataRecord,
    warn: fn(&str),
) -> Result<Option<Checkpoint>, Error> {
    let refuse = |reason: String| Error::Resume { run: run.to_owned(), reason };
    let directory = RunDir::open(run.parent().unwrap_or(Path::new(".")), run);
    // A run that was killed before its record was written has done nothing yet.
    let Ok(directory) = directory else { return Ok(None) };
    if read_data_record(&directory)?.sha256 != data.sha256 {
        let reason = "its data has changed; choose another `--name` for a new run";
        return Err(refuse(reason.into()));
    }
    let metrics = fs::metadata(directory.file(file::METRICS)).map_or(0, |metadata| metadata.len());
    let store = CheckpointStore::new(directory.file(file::CHECKPOINTS), config.training.checkpoint.keep);
    let fits = |checkpoint: &Checkpoint| match checkpoint.state.metrics_size <= metrics {
        true => Ok(()),
        false => Err(format!("knows of more metrics than `{}` has", file::METRICS)),
    };
    let newest = store.newest(fits, |path, reason| {
        warn(&format!("`{}` {reason}; the one before it is taken", path.display()));
    })?;
    if let Some(checkpoint) = &newest
        && checkpoint.state.epoch > config.training.epochs + 1
    {
        let (done, epochs) = (checkpoint.state.epoch - 1, config.training.epochs);
        return Err(refuse(format!("it has done {done} epochs, `training.epochs` is {epochs}")));
    }
    Ok(newest)
}
