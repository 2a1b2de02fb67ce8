//! One run, from a configuration to its directory.

mod prepare;
mod run;

use crate::devices::{CurrentPlatform, DeviceError, Platform, Watchdog};
use crate::error::Error;
use crate::guarded::guarded;
use crate::history::History;
use crate::host::Host;
use crate::record::note_failure;
use crate::trainer::Trainer;
use crate::{application_log, resume};
use emberlab_config::Config;
use emberlab_models::Score;
use emberlab_run::{Existing, Outcome, RunDir, RunRecord, RunSlot, file, refuse_irregular};
pub use prepare::check;
use prepare::{Prepared, prepare};
use run::{Run, Scored};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything about a run that is not in its configuration.
#[derive(Clone, Debug)]
pub struct TrainOptions {
    /// The folder of all runs.
    pub artifacts: PathBuf,
    /// What to do with a run of the same name.
    pub existing: Existing,
    /// Whether to wait while another process works on the run.
    pub wait: bool,
    /// The commit that the program was built from, for the run's record.
    pub git_commit: String,
}

/// The result of a run.
#[derive(Clone, Debug)]
pub struct TrainReport {
    /// Its directory.
    pub run: PathBuf,
    /// The epoch whose weights are the run's, where the validation part chose it.
    pub selected: Option<usize>,
    /// The last epoch, where training ended early.
    pub stopped_early: Option<usize>,
    /// The scores over passes of the training part.
    pub train: History,
    /// The scores on the validation part.
    pub validation: History,
    /// The score of the run's weights on the test part.
    pub test: Option<Score>,
}

/// Trains as `config` says and writes the run directory. Validates everything it can before it creates the directory.
///
/// # Errors
///
/// Every [`Error`] there is.
pub fn train(config: &Config, options: &TrainOptions, host: &Arc<dyn Host>) -> Result<TrainReport, Error> {
    Trainer::new(config).train(options, host)
}

impl Trainer<'_> {
    /// Trains, and writes the run directory. Validates everything it can before it creates the directory.
    ///
    /// # Errors
    ///
    /// As for [`train()`]; [`Error::Config`] for samples or a network that do not fit, or that the configuration does not ask
    /// for.
    pub fn train(&self, options: &TrainOptions, host: &Arc<dyn Host>) -> Result<TrainReport, Error> {
        let config = self.config();
        let slot = acquire(config, options, &**host)?;
        if let Some(run) = slot.resumes() {
            resume::check_config(run, config, &**host)?;
        }
        watch(config, options, host)?;
        let prepared = {
            // Until the run directory is created there is nothing to save.
            let _nothing_to_save = host.stop().at_once(Error::LoadInterrupted, slot.unused());
            prepare(self, &slot, &options.git_commit, &**host)?
        };
        if slot.begins_again() {
            let path = options.artifacts.join(&config.name);
            let lost = format!("the run `{}` has no `{}` and no checkpoint", path.display(), file::CONFIG);
            host.warn(&format!("{lost}; it begins again"));
        }
        let Prepared { devices, loaded, classifier, checkpoint, mut record } = prepared;
        let directory = create(slot, config, &record, &**host)?;
        let run = Run { config, devices: &devices, directory: &directory, host };
        let scored = guarded(|| run.train_and_score(loaded, classifier, checkpoint, &mut record));
        host.heartbeat().end();
        let scored = finish(&mut record, &directory, scored)?;
        if let Some(diverged) = &record.diverged {
            host.warn(&format!("{diverged}; the weights are those from before it"));
        }
        Ok(report(&directory, &record, scored))
    }
}

/// Locks the run's place. Waits for another process where the options say so.
fn acquire(config: &Config, options: &TrainOptions, host: &dyn Host) -> Result<RunSlot, Error> {
    let TrainOptions { artifacts, existing, .. } = options;
    if !options.wait {
        return Ok(RunSlot::acquire(artifacts, &config.name, *existing)?);
    }
    let stopped = || host.stop().came();
    RunSlot::wait(artifacts, &config.name, *existing, stopped)?.ok_or(Error::Interrupted(0))
}

/// Watches over the servers that compute, where there are any.
fn watch(config: &Config, options: &TrainOptions, host: &Arc<dyn Host>) -> Result<(), Error> {
    host.heartbeat().beat(None);
    let (run, watching) = (options.artifacts.join(&config.name), Arc::clone(host));
    let give_up = move |error, updates| give_up(&run, &*watching, error, updates);
    CurrentPlatform::watch(&config.device, Watchdog::new(host.heartbeat().clone(), give_up))?;
    Ok(())
}

/// Writes an error that another thread found into the run's record, after `updates` updates, and ends the program with it.
fn give_up(run: &Path, host: &dyn Host, error: DeviceError, updates: usize) {
    let error = Error::from(error);
    if let Err(unwritten) = note_failure(run, &error, updates) {
        log::error!("{unwritten}");
    }
    host.give_up(error)
}

/// Creates the run directory with the configuration, the record and the log.
fn create(slot: RunSlot, config: &Config, record: &RunRecord, host: &dyn Host) -> Result<RunDir, Error> {
    let directory = slot.create()?;
    directory.write(file::CONFIG, config.to_toml().as_bytes())?;
    record.write(&directory)?;
    let log = directory.file(file::LOG);
    if let Err(error) =
        refuse_irregular(&log).map_err(Error::from).and_then(|()| application_log::begin(&log))
    {
        host.warn(&format!("{error}; training goes on without a log"));
    }
    log::info!("run `{}` begins on {}, {:?}", config.name, record.device.backend, record.data);
    host.announce(record, directory.path());
    Ok(directory)
}

/// Writes the record of a run that has ended, and returns its result. A record that cannot be written at first is
/// written as that of a failed run, which the disk may accept a moment later.
///
/// # Errors
///
/// The error of the run, or [`Error::Run`] when the record could not be written.
fn finish<T>(record: &mut RunRecord, directory: &RunDir, result: Result<T, Error>) -> Result<T, Error> {
    record.outcome = match &result {
        Ok(_) => Outcome::Finished,
        Err(Error::Interrupted(_)) => Outcome::Interrupted,
        Err(error) => {
            record.error = Some(error.to_string());
            if let Error::Diverged { .. } | Error::NotFinite(_) = error {
                record.diverged = record.error.clone();
            }
            Outcome::Failed
        }
    };
    log::info!("run `{}` ends: {:?}, {:?}", record.name, record.outcome, record.metrics);
    let Err(error) = record.write(directory) else { return result };
    if result.is_ok() {
        record.outcome = Outcome::Failed;
        record.error = Some(error.to_string());
    }
    if let Err(again) = record.write(directory) {
        log::error!("{again}");
    }
    Err(result.err().unwrap_or(error.into()))
}

fn report(directory: &RunDir, record: &RunRecord, scored: Scored) -> TrainReport {
    let Scored { progress, test } = scored;
    TrainReport {
        run: directory.path().to_owned(),
        selected: record.selected_epoch.filter(|_| record.metrics.validation.is_some()),
        stopped_early: record.stopped_early.then_some(progress.epoch),
        train: progress.train,
        validation: progress.validation,
        test,
    }
}
