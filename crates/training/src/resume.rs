//! Whether an existing run can resume, and from which checkpoint.

use crate::checkpoint::{Checkpoint, CheckpointStore, Newest, StoredCheckpoint, Unfit};
use crate::error::{Error, ResumeRefusal, TrainingFailure};
use crate::host::Host;
use emberlab_config::Config;
use emberlab_config::settings::{self, Settings};
use emberlab_data::text::shown;
use emberlab_run::config_file::read_settings;
use emberlab_run::file;
use emberlab_run::{DataRecord, RunRecord};
use std::path::Path;

/// Keys that may change when a run is resumed: they do not affect the updates already made.
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

/// Checks that the run in `run` was begun with `config`, apart from the keys that may change. Where its `config.toml` has
/// other values or is damaged, the configuration in the newest whole checkpoint decides.
///
/// # Errors
///
/// [`Error::Resume`] with each key that has another value.
pub fn check_config(run: &Path, config: &Config, host: &dyn Host) -> Result<(), Error> {
    let path = run.join(file::CONFIG);
    let is = settings::flatten(&config.to_toml()).map_err(TrainingFailure::Settings)?;
    let reasons = match read_settings(&path) {
        Ok(was) => {
            let reasons = changes(&was, &is, config);
            if reasons.is_empty() {
                return Ok(());
            }
            reasons
        }
        Err(error) => {
            host.warn(&format!("{error}; it is written again"));
            Vec::new()
        }
    };
    let store = CheckpointStore::new(run.join(file::CHECKPOINTS), config.training.checkpoint.keep);
    let begun_with = store.newest(|_| Ok(Ok(())))?.checkpoint.map(|stored| stored.run.config);
    let reasons = match begun_with.and_then(|text| settings::resolve(&path, &text).ok()) {
        Some(was) => changes(&was, &is, config),
        None => reasons,
    };
    if reasons.is_empty() {
        return Ok(());
    }
    Err(Error::Resume { run: run.to_owned(), reason: ResumeRefusal::Settings(reasons) })
}

/// The keys that have changed and must not, each with its values.
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
    if was.get(epochs) != is.get(epochs) && config.training.schedule.follows_the_run() {
        reasons
            .push(format!("`{epochs}` has changed, and with it the schedule, which is as long as the run"));
    }
    reasons
}

/// The checkpoint that a run resumes from; none where it must begin again, which leads to the same end. Skips checkpoints that
/// are damaged, do not fit the run's other files, or do not decode, as `decodes` says, and warns of each.
///
/// # Errors
///
/// [`Error::Resume`] when the data is not that of the run, or it has done more epochs than asked for; [`Error::Run`] when
/// there is no checkpoint but one that may be whole and cannot be read.
pub fn find_checkpoint(
    run: &Path,
    config: &Config,
    data: &DataRecord,
    decodes: impl Fn(&Checkpoint) -> bool,
    host: &dyn Host,
) -> Result<Option<Checkpoint>, Error> {
    let resuming = Resuming { run, config, data };
    let store = CheckpointStore::new(run.join(file::CHECKPOINTS), config.training.checkpoint.keep);
    let found = store.newest(|stored| resuming.check(stored, &decodes))?;
    refuse_whole(&found)?;
    warn_of_unfit(&found, host);
    resuming.check_record(&found, host)?;
    Ok(found.checkpoint.map(|stored| stored.training))
}

/// The run that a checkpoint must fit.
struct Resuming<'a> {
    run: &'a Path,
    config: &'a Config,
    data: &'a DataRecord,
}

impl Resuming<'_> {
    fn refuse(&self, reason: ResumeRefusal) -> Error {
        Error::Resume { run: self.run.to_owned(), reason }
    }

    fn other_data(&self) -> Error {
        self.refuse(ResumeRefusal::Data)
    }

    /// Whether the run can resume from a checkpoint; the inner error is the reason why another one is needed.
    fn check(
        &self,
        StoredCheckpoint { run: stored, training }: &StoredCheckpoint,
        decodes: impl Fn(&Checkpoint) -> bool,
    ) -> Result<Result<(), String>, Error> {
        if stored.data.sha256 != self.data.sha256 {
            return Err(self.other_data());
        }
        let (state, epochs) = (&training.state, self.config.training.epochs);
        if state.epoch > epochs + 1 {
            let done = state.epoch - 1;
            return Err(self.refuse(ResumeRefusal::Epochs { done, epochs }));
        }
        let updates_per_epoch = self.config.training.updates_per_epoch(self.data.n_train);
        if state.epoch == 0 || state.updates > state.epoch.saturating_mul(updates_per_epoch) {
            return Ok(Err(format!("says {} updates in epoch {}", state.updates, state.epoch)));
        }
        let marks = [(state.metrics, file::METRICS), (state.histograms, file::HISTOGRAMS)];
        for (mark, name) in marks {
            if let Err(mismatch) = mark.check(&self.run.join(name)) {
                return Ok(Err(mismatch.to_string()));
            }
        }
        if !decodes(training) {
            return Ok(Err("holds weights or moments that do not decode, or of another model".to_owned()));
        }
        Ok(Ok(()))
    }

    /// Checks the data in the run's record, where no checkpoint has it, and warns of a record that cannot be read.
    fn check_record(&self, found: &Newest, host: &dyn Host) -> Result<(), Error> {
        let has_checkpoint = found.checkpoint.is_some();
        let begins = !has_checkpoint && found.unfit.is_empty();
        match RunRecord::read(self.run) {
            Ok(record) if !has_checkpoint && record.data.sha256 != self.data.sha256 => {
                return Err(self.other_data());
            }
            Ok(_) => {}
            // A run that was killed before its record was written has done nothing yet.
            Err(_) if begins && !self.run.join(file::RECORD).exists() => {}
            Err(error) if begins => {
                let lost = "and there is no checkpoint: the run begins again at update 0";
                host.warn(&format!("{error}, {lost}"));
            }
            Err(error) => host.warn(&format!("{error}; it is written again")),
        }
        Ok(())
    }
}

/// Refuses to begin again, for the first checkpoint then deletes all others, while one of them may be whole.
fn refuse_whole(found: &Newest) -> Result<(), Error> {
    if found.checkpoint.is_some() {
        return Ok(());
    }
    for (path, reason) in &found.unfit {
        let remedy = match reason {
            Unfit::Unreadable(_) => "make it readable",
            Unfit::OtherFormat(_) => "go on with that version",
            _ => continue,
        };
        return Err(Error::artifact(path, format!("{reason}; {remedy}, or begin again with `--overwrite`")));
    }
    Ok(())
}

fn warn_of_unfit(Newest { checkpoint, unfit }: &Newest, host: &dyn Host) {
    for (index, (path, reason)) in unfit.iter().enumerate() {
        let next = if index + 1 < unfit.len() {
            "the one before it is tried"
        } else if checkpoint.is_some() {
            "the one before it is taken"
        } else {
            "there is none before it, so the run begins again at update 0"
        };
        host.warn(&format!("`{}` {reason}; {next}", path.display()));
    }
}
