//! Whether a run that is there can go on, and from where.

use crate::checkpoint::{CANNOT_BE_READ, Checkpoint, CheckpointStore, Newest, StoredCheckpoint};
use crate::error::Error;
use crate::host::Host;
use emberlab_config::settings::{self, Settings};
use emberlab_config::{Config, ScheduleConfig};
use emberlab_data::text::{listed, shown};
use emberlab_run::config_file::read_settings;
use emberlab_run::file;
use emberlab_run::{DataRecord, RunRecord};
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

/// Checks that the run in `run` was begun with `config`, but for what may change. Where its `config.toml` says
/// something else or is damaged, the newest whole checkpoint decides.
///
/// # Errors
///
/// [`Error::Resume`] with each key that has another value.
pub fn check_config(run: &Path, config: &Config, host: &dyn Host) -> Result<(), Error> {
    let path = run.join(file::CONFIG);
    let is = settings::flatten(&config.to_toml()).map_err(Error::Training)?;
    let reasons = match read_settings(&path) {
        Ok(was) => changes(&was, &is, config),
        Err(error) => {
            host.warn(&format!("{error}; it is written again"));
            Vec::new()
        }
    };
    let readable_and_same = reasons.is_empty() && path.is_file();
    if readable_and_same {
        return Ok(());
    }
    let store = CheckpointStore::new(run.join(file::CHECKPOINTS), config.training.checkpoint.keep);
    let begun_with = store.newest(|_| Ok(Ok(())))?.checkpoint.map(|stored| stored.run.config);
    let reasons = match begun_with.and_then(|text| settings::flatten(&text).ok()) {
        Some(was) => changes(&was, &is, config),
        None => reasons,
    };
    if reasons.is_empty() {
        return Ok(());
    }
    let reason = format!("{}; choose another `--name` for a new run", listed(reasons.iter()));
    Err(Error::Resume { run: run.to_owned(), reason })
}

/// What has changed that may not, each in a few words.
fn changes(was: &Settings, is: &Settings, config: &Config) -> Vec<String> {
    let mut reasons = Vec::new();
    let value =
        |value: Option<&String>| value.map_or("not set".to_owned(), |value| shown(value).into_owned());
    for key in was.keys().chain(is.keys().filter(|key| !was.contains_key(*key))) {
        if was.get(key) != is.get(key) && !FREE.contains(&key.as_str()) {
            reasons.push(format!("`{}` was {}, is {}", shown(key), value(was.get(key)), value(is.get(key))));
        }
    }
    let epochs = "training.epochs";
    if was.get(epochs) != is.get(epochs) && follows_the_run(&config.training.schedule) {
        reasons
            .push(format!("`{epochs}` has changed, and with it the schedule, which is as long as the run"));
    }
    reasons
}

/// Whether a schedule has a part that is as long as the run.
fn follows_the_run(schedule: &ScheduleConfig) -> bool {
    let ramps = [schedule.warmup, schedule.linear, schedule.cosine];
    ramps.into_iter().flatten().any(|ramp| ramp.updates.is_none())
}

/// What a run goes on from; nothing where it must begin again, which leads to the same end. Passes over
/// checkpoints that are damaged, do not fit the run's other files, or do not decode, as `decodes` tells, and reports
/// each to `warn`.
///
/// # Errors
///
/// [`Error::Resume`] when the data is not what the run was begun with, or it has done more epochs than
/// asked for; [`Error::Artifact`] when the system reads none of the checkpoints that may be whole.
pub fn find_checkpoint(
    run: &Path,
    config: &Config,
    data: &DataRecord,
    decodes: impl Fn(&Checkpoint) -> bool,
    host: &dyn Host,
) -> Result<Option<Checkpoint>, Error> {
    let refuse = |reason: String| Error::Resume { run: run.to_owned(), reason };
    let other_data = || refuse("its data has changed; choose another `--name` for a new run".into());
    let updates_per_epoch = config.training.updates(data.n_train) / config.training.epochs.max(1);
    let store = CheckpointStore::new(run.join(file::CHECKPOINTS), config.training.checkpoint.keep);
    let found = store.newest(|StoredCheckpoint { run: stored, training }| {
        if stored.data.sha256 != data.sha256 {
            return Err(other_data());
        }
        let state = &training.state;
        if state.epoch > config.training.epochs + 1 {
            let (done, epochs) = (state.epoch - 1, config.training.epochs);
            return Err(refuse(format!("it has done {done} epochs, `training.epochs` is {epochs}")));
        }
        if state.epoch == 0 || state.updates > state.epoch.saturating_mul(updates_per_epoch) {
            return Ok(Err(format!("says {} updates in epoch {}", state.updates, state.epoch)));
        }
        let marks = [(state.metrics, file::METRICS), (state.histograms, file::HISTOGRAMS)];
        for (mark, name) in marks {
            if let Err(mismatch) = mark.check(&run.join(name)) {
                return Ok(Err(mismatch.to_string()));
            }
        }
        Ok(match decodes(training) {
            true => Ok(()),
            false => Err("holds weights or moments that do not decode, or of another model".to_owned()),
        })
    })?;
    let Newest { checkpoint, unfit } = found;
    let unreadable = unfit.iter().find(|(_, reason)| reason.starts_with(CANNOT_BE_READ));
    if let Some((path, reason)) = unreadable.filter(|_| checkpoint.is_none()) {
        // It may be whole: a run that begins again would delete it.
        let reason = format!("{reason}; make it readable, or begin again with `--overwrite`");
        return Err(Error::artifact(path, reason));
    }
    let last = unfit.len().saturating_sub(1);
    for (index, (path, reason)) in unfit.iter().enumerate() {
        let next = match (index == last, &checkpoint) {
            (false, _) => "the one before it is tried",
            (true, Some(_)) => "the one before it is taken",
            (true, None) => "there is none before it, so the run begins again at update 0",
        };
        host.warn(&format!("`{}` {reason}; {next}", path.display()));
    }
    match RunRecord::read(run) {
        Ok(record) if checkpoint.is_none() && record.data.sha256 != data.sha256 => return Err(other_data()),
        Ok(_) => {}
        // A run that was killed before its record was written has done nothing yet.
        Err(_) if checkpoint.is_none() && unfit.is_empty() && !run.join(file::RECORD).exists() => {}
        Err(error) => host.warn(&match (&checkpoint, unfit.is_empty()) {
            (None, true) => format!("{error}, and there is no checkpoint: the run begins again at update 0"),
            _ => format!("{error}; it is written again"),
        }),
    }
    Ok(checkpoint.map(|stored| stored.training))
}
