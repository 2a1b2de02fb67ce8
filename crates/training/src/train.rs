//! One run, from a configuration to its directory.

use crate::application_log;
use crate::checkpoint::{Checkpoint, CheckpointStore, RunIdentity};
use crate::classifier::told_classifier;
use crate::devices::{self, AutodiffBackend, Backend, Device, Heartbeat, Watchdog, Watched};
use crate::error::Error;
use crate::evaluate::{self, Evaluated};
use crate::host::Host;
use crate::learner::{self, History, Setup, Trained};
use crate::load::{Loaded, load};
use crate::panic_log::guarded;
use crate::record::{new_record, scores};
use crate::resume;
use crate::weights;
use emberlab_config::Config;
use emberlab_data::{DeviceSet, Splits};
use emberlab_models::{Classifier, Score};
use emberlab_run::{
    EventFile, Existing, Outcome, Recorder, RunDir, RunRecord, RunSlot, Unused, atomic, file,
    predictions_file, refuse_irregular,
};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// What is decided about a run outside its configuration.
#[derive(Clone, Debug)]
pub struct TrainOptions {
    /// The folder of all runs.
    pub artifacts: PathBuf,
    /// What is done with a run of the same name.
    pub existing: Existing,
    /// Whether to wait while another process works on the run.
    pub wait: bool,
    /// The commit that the program was built from, for the run's record.
    pub git_commit: String,
}

/// What a run came to.
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
    let slot = acquire(config, options, &**host)?;
    if let Some(run) = slot.resumes() {
        resume::check_config(run, config, &**host)?;
    }
    let place = options.artifacts.join(&config.name);
    let heartbeat = Heartbeat::default();
    let watchdog = Watchdog { run: place, heartbeat: heartbeat.clone(), host: Arc::clone(host) };
    watchdog.watch_panics();
    watchdog.watch_silence(&config.device.remote)?;
    // Until the run directory is made, there is nothing to save.
    let reading = host.stop().at_once(Error::LoadInterrupted, slot.unused());
    host.open(&config.name)?;
    host.phase("finding the device");
    let devices = devices::devices(&config.device)?;
    heartbeat.beat(None);
    let device = &devices[0];
    let start = Instant::now();
    host.phase("reading data");
    let loaded = load(config, &Watched { shown: host.progress(), heartbeat: &heartbeat })?;
    heartbeat.beat(None);
    loaded.notes.iter().for_each(|note| host.warn(note));
    host.phase("preparing the run");
    let load_seconds = start.elapsed().as_secs_f64();
    config.check_samples(&loaded.splits)?;
    config.warnings(loaded.splits.train.rows.len()).iter().for_each(|warning| host.warn(warning));
    let classifier =
        told_classifier(config, &loaded.splits.train.samples, device, &|message| host.warn(message))?;
    let classifier = classifier
        .with_precision(config.device.precision)
        .in_parts(devices::N_PARTS)
        .with_metrics(&config.metric_names());

    let mut record = new_record(config, &loaded, device, load_seconds, &options.git_commit);
    let checkpoint = match slot.resumes() {
        Some(run) => {
            let decodes = |checkpoint: &Checkpoint| learner::decodes(config, &classifier, checkpoint, device);
            resume::find_checkpoint(run, config, &record.data, decodes, &**host)?
        }
        None => None,
    };
    record.updates = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.state.updates);
    if slot.begins_again() {
        let path = options.artifacts.join(&config.name);
        let lost = format!("the run `{}` has no `{}` and no checkpoint", path.display(), file::CONFIG);
        host.warn(&format!("{lost}; it begins again"));
    }
    drop(reading);
    let run = slot.create()?;
    run.write(file::CONFIG, config.to_toml().as_bytes())?;
    record.write(&run)?;
    let log = run.file(file::LOG);
    if let Err(error) =
        refuse_irregular(&log).map_err(Error::from).and_then(|()| application_log::begin(&log))
    {
        host.warn(&format!("{error}; training goes on without a log"));
    }
    log::info!("run `{}` begins on {}, {:?}", config.name, record.device.backend, record.data);
    host.announce(&record, run.path());

    let training = Run { config, devices: &devices, device, directory: &run, host, heartbeat: &heartbeat };
    let trained = guarded(|| training.train_and_score(loaded, classifier, checkpoint, &mut record));
    heartbeat.end();
    record.outcome = match &trained {
        Ok(_) => Outcome::Finished,
        Err(Error::Interrupted(_)) => Outcome::Interrupted,
        Err(error) => {
            record.error = Some(error.to_string());
            Outcome::Failed
        }
    };
    log::info!("run `{}` ends: {:?}, {:?}", config.name, record.outcome, record.metrics);
    let trained = finish(&mut record, &run, trained)?;
    let selected = record.selected_epoch.filter(|_| record.metrics.validation.is_some());
    if let Some(diverged) = &record.diverged {
        host.warn(&format!("{diverged}; the weights are those from before it"));
    }
    let (progress, test) = trained;
    Ok(TrainReport {
        run: run.path().to_owned(),
        selected,
        stopped_early: record.stopped_early.then_some(progress.epoch),
        train: progress.train,
        validation: progress.validation,
        test,
    })
}

/// The run's place. Waits for another process where the options say so.
fn acquire(config: &Config, options: &TrainOptions, host: &dyn Host) -> Result<RunSlot, Error> {
    let TrainOptions { artifacts, existing, .. } = options;
    if !options.wait {
        return Ok(RunSlot::acquire(artifacts, &config.name, *existing)?);
    }
    let stopped = || host.stop().came();
    RunSlot::wait(artifacts, &config.name, *existing, stopped)?.ok_or(Error::Interrupted(0))
}

/// Writes the record of a run that has ended, and returns what it came to. A record that cannot be written at first is
/// written as that of a failed run, which the disk may take a moment later.
///
/// # Errors
///
/// The error of the run, or [`Error::Write`] when the record could not be written.
fn finish<T>(record: &mut RunRecord, run: &RunDir, trained: Result<T, Error>) -> Result<T, Error> {
    let Err(error) = record.write(run) else { return trained };
    if trained.is_ok() {
        record.outcome = Outcome::Failed;
        record.error = Some(error.to_string());
    }
    if let Err(again) = record.write(run) {
        log::error!("{again}");
    }
    Err(trained.err().unwrap_or(error.into()))
}

/// A run whose directory is there.
struct Run<'a> {
    config: &'a Config,
    devices: &'a [Device],
    device: &'a Device,
    directory: &'a RunDir,
    host: &'a Arc<dyn Host>,
    heartbeat: &'a Heartbeat,
}

impl Run<'_> {
    /// Trains, saves the weights, and scores the test part; returns how training went and that
    /// score. What is known is in `record`, whatever happens.
    fn train_and_score(
        &self,
        loaded: Loaded,
        classifier: Classifier<AutodiffBackend>,
        checkpoint: Option<Checkpoint>,
        record: &mut RunRecord,
    ) -> Result<(learner::Progress, Option<Score>), Error> {
        let Loaded { splits: Splits { train, validation, test }, normalizer, .. } = loaded;
        let metrics = self.directory.file(file::METRICS);
        let recorder = match &checkpoint {
            Some(checkpoint) => Recorder::resume(&metrics, checkpoint.state.metrics)?,
            None => Recorder::create(&metrics)?,
        };
        let setup = Setup {
            train: train.samples,
            validation: validation.map(|part| part.samples),
            normalizer: &normalizer,
            classifier,
            devices: self.devices,
            host: Arc::clone(self.host),
            heartbeat: self.heartbeat.clone(),
            recorder: self.with_events(recorder)?,
            histograms: self.directory.file(file::HISTOGRAMS),
            checkpoints: CheckpointStore::new(
                self.directory.file(file::CHECKPOINTS),
                self.config.training.checkpoint.keep,
            ),
            run: RunIdentity { config: self.config.to_toml(), data: record.data.clone() },
            resume: checkpoint,
        };
        let Trained { progress, classifier } = learner::fit(self.config, setup)?;
        record.seconds.train = progress.seconds;
        record.diverged = progress.diverged.clone();
        record.stopped_early = progress.stopped_early;
        record.updates = progress.updates;
        record.device_reads = Some(progress.reads);
        record.metrics.train = progress.train.last.as_ref().map(scores);
        record.metrics.validation = progress.selected.as_ref().map(|selected| scores(&selected.score));
        record.selected_epoch =
            progress.selected.as_ref().map(|selected| selected.epoch).or(Some(progress.epoch));
        let classifier = classifier?;
        if progress.stopped && self.host.stop().without_weights() {
            return Err(Error::Interrupted(progress.updates));
        }
        self.host.phase("saving the weights");
        self.save(&classifier)?;
        if progress.stopped {
            return Err(Error::Interrupted(progress.updates));
        }

        let start = Instant::now();
        let watched = Watched { shown: self.host.progress(), heartbeat: self.heartbeat };
        let (rows, labels) = (test.rows, test.samples.labels.clone());
        let set = DeviceSet::<Backend>::new(test.samples, &normalizer, false, self.device);
        self.host.phase("scoring the test part");
        // Training is written down; a run that is stopped from here on is known as one.
        record.outcome = Outcome::Interrupted;
        record.write(self.directory)?;
        let scoring = self.host.stop().at_once(Error::Interrupted(progress.updates), Unused::default());
        let evaluated = evaluate::evaluate(&classifier, &set, &watched);
        drop(scoring);
        record.seconds.evaluate = start.elapsed().as_secs_f64();
        let test = evaluated.as_ref().map(|evaluated| evaluated.score.clone());
        if let Some(Evaluated { score, predictions, probabilities }) = &evaluated {
            let path = self.directory.file(file::PREDICTIONS);
            atomic::write_with(&path, |out| {
                predictions_file::write_csv(&rows, &labels, predictions, probabilities, out)
            })?;
            let (epoch, updates) = match &progress.selected {
                Some(selected) => (selected.epoch, selected.updates),
                None => (progress.epoch, progress.updates),
            };
            let mut recorder = self.with_events(Recorder::append(&metrics)?)?;
            recorder.record("test", epoch, updates, &scores(score))?;
            recorder.flush()?;
        }
        record.metrics.test = test.as_ref().map(scores);
        Ok((progress, test))
    }

    /// With an event file for TensorBoard, where the configuration asks for one.
    fn with_events(&self, recorder: Recorder) -> Result<Recorder, Error> {
        if !self.config.metrics.tensorboard {
            return Ok(recorder);
        }
        Ok(recorder.with_events(EventFile::create(&self.directory.file(file::TENSORBOARD))?)?)
    }

    /// Saves the weights. Predictions of earlier ones, as of a run that ended and was resumed, are deleted first.
    fn save(&self, classifier: &Classifier<Backend>) -> Result<(), Error> {
        self.directory.remove(file::PREDICTIONS)?;
        self.directory.write(file::SAFETENSORS, &weights::to_safetensors(classifier.network())?)?;
        self.directory.write(file::MPK, &weights::to_mpk(classifier)?)?;
        Ok(())
    }
}
