//! Everything that a run needs before its directory is created.

use crate::checkpoint::Checkpoint;
use crate::devices::{self, AutodiffBackend, Device, Watched};
use crate::error::Error;
use crate::host::Host;
use crate::load::{Loaded, load};
use crate::record::new_record;
use crate::trainer::Trainer;
use crate::{learner, resume};
use emberlab_config::{Config, DataShape};
use emberlab_data::Progress;
use emberlab_models::Classifier;
use emberlab_run::{RunRecord, RunSlot};
use std::time::Instant;

/// What a run begins with, or goes on with.
pub struct Prepared {
    /// The devices to train on.
    pub devices: Vec<Device>,
    /// The data.
    pub loaded: Loaded,
    /// The classifier with its initial weights.
    pub classifier: Classifier<AutodiffBackend>,
    /// The checkpoint to resume from.
    pub checkpoint: Option<Checkpoint>,
    /// The record of the run so far.
    pub record: RunRecord,
}

/// Finds the devices, reads the data, makes the classifier and finds the checkpoint.
pub fn prepare(
    trainer: &Trainer<'_>,
    slot: &RunSlot,
    git_commit: &str,
    host: &dyn Host,
) -> Result<Prepared, Error> {
    let config = trainer.config();
    host.open(&config.name)?;
    let devices = find_devices(config, host)?;
    let device = &devices[0];
    let (loaded, load_seconds) = load_data(trainer, host)?;
    host.phase("preparing the run");
    let warn = |message: &str| host.warn(message);
    check_samples(config, &loaded, &warn)?;
    let classifier = checked_classifier(trainer, &loaded, device, &warn)?;
    let n_train = loaded.splits.train.samples.len();
    let mut record = new_record(trainer, &classifier, &loaded, device, load_seconds, git_commit)?;
    let checkpoint = match slot.resumes() {
        Some(run) => {
            let decodes =
                |checkpoint: &Checkpoint| learner::decodes(config, &classifier, n_train, checkpoint, device);
            resume::find_checkpoint(run, config, &record.data, decodes, host)?
        }
        None => None,
    };
    record.updates = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.state.updates);
    Ok(Prepared { devices, loaded, classifier, checkpoint, record })
}

/// Everything that a training would say about a configuration before its first update: reads the data and makes the
/// classifier. What is no error goes to `warn`.
///
/// # Errors
///
/// Those of [`train`](super::train()) that come before the first update.
pub fn check(config: &Config, progress: &dyn Progress, warn: &dyn Fn(&str)) -> Result<(), Error> {
    let devices = devices::devices(&config.device);
    let loaded = load(config, progress)?;
    loaded.notes.iter().for_each(|note| warn(note));
    check_samples(config, &loaded, warn)?;
    checked_classifier(&Trainer::new(config), &loaded, &devices?[0], warn).map(drop)
}

/// Checks the configuration against its data.
fn check_samples(config: &Config, loaded: &Loaded, warn: &dyn Fn(&str)) -> Result<(), Error> {
    config.check_samples(&loaded.splits)?;
    let train = &loaded.splits.train.samples;
    config.warnings(train.len(), Some(&DataShape::of(train))).iter().for_each(|warning| warn(warning));
    Ok(())
}

/// The classifier with its initial weights.
fn checked_classifier(
    trainer: &Trainer<'_>,
    loaded: &Loaded,
    device: &Device,
    warn: &dyn Fn(&str),
) -> Result<Classifier<AutodiffBackend>, Error> {
    let config = trainer.config();
    let train = &loaded.splits.train.samples;
    let classifier = trainer
        .classifier(train, &loaded.normalizer, device, warn)?
        .with_precision(config.device.precision)
        .with_metrics(&config.metric_names());
    learner::check_groups(config, &classifier)?;
    Ok(classifier)
}

fn find_devices(config: &Config, host: &dyn Host) -> Result<Vec<Device>, Error> {
    host.phase("finding the device");
    let devices = devices::devices(&config.device)?;
    host.heartbeat().beat(None);
    Ok(devices)
}

/// Reads the data; returns the seconds that took too.
fn load_data(trainer: &Trainer<'_>, host: &dyn Host) -> Result<(Loaded, f64), Error> {
    let start = Instant::now();
    host.phase("reading data");
    let loaded = trainer.load(&Watched { shown: host.progress(), heartbeat: host.heartbeat() })?;
    host.heartbeat().beat(None);
    loaded.notes.iter().for_each(|note| host.warn(note));
    Ok((loaded, start.elapsed().as_secs_f64()))
}
