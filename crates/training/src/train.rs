//! One run, from a configuration to its directory.

use crate::application_log;
use crate::atomic;
use crate::backend::{self, AutodiffBackend, Backend, Device, UPLOAD};
use crate::checkpoint::{Checkpoint, CheckpointStore, RunIdentity};
use crate::classifier::told_classifier;
use crate::config::Config;
use crate::error::Error;
use crate::evaluate;
use crate::growing_file::refuse_irregular;
use crate::learner::{self, Course, EventFile, Recorder, Setup, Trained};
use crate::load::{Loaded, load};
use crate::panic_log::guarded;
use crate::predictions_file;
use crate::remote::{Heartbeat, Watchdog, Watched};
use crate::renderer::{Dashboard, Screen};
use crate::resume;
use crate::run_dir::{Existing, RunDir, file};
use crate::run_record::{Outcome, RunRecord};
use crate::run_slot::{RunSlot, Unused};
use crate::stop_signal::StopSignal;
use crate::weights;
use emberlab_data::{DeviceSet, Progress, Splits};
use emberlab_models::{Classifier, Score};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What the command line decides about a run.
#[derive(Clone, Debug)]
pub struct TrainOptions {
    /// The folder of all runs.
    pub artifacts: PathBuf,
    /// What is done with a run of the same name.
    pub existing: Existing,
    /// Whether to wait while another process works on the run.
    pub wait: bool,
    /// What shows the progress.
    pub dashboard: Dashboard,
    /// What asks the training to stop.
    pub stop: StopSignal,
    /// Who is told of what is odd but no error.
    pub warn: fn(&str),
    /// What is told that work goes on.
    pub heartbeat: Heartbeat,
    /// What says why a run is given up in the middle, and ends the program.
    pub give_up: fn(&Error) -> !,
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
    pub train: Course,
    /// The scores on the validation part.
    pub validation: Course,
    /// The score of the run's weights on the test part.
    pub test: Option<Score>,
}

/// Trains as `config` says and writes the run directory.
///
/// `progress` is told how far reading the data came, and `announce` of the run before it begins. What can fail fails
/// before the directory is made, as far as that can be known.
///
/// # Errors
///
/// Every [`Error`] there is.
pub fn train(
    config: &Config,
    options: &TrainOptions,
    progress: &dyn Progress,
    announce: impl FnOnce(&RunRecord, &Path),
) -> Result<TrainReport, Error> {
    let slot = if options.wait {
        RunSlot::wait(&options.artifacts, &config.name, options.existing, &options.stop)?
    } else {
        RunSlot::acquire(&options.artifacts, &config.name, options.existing)?
    };
    if let Some(run) = slot.resumes() {
        resume::check_config(run, config, options.warn)?;
    }
    let place = options.artifacts.join(&config.name);
    let watchdog = Watchdog { run: place, heartbeat: options.heartbeat.clone(), give_up: options.give_up };
    watchdog.watch_panics();
    watchdog.watch_silence(&config.device.remote)?;
    // Until the run directory is made, there is nothing to save.
    let reading = options.stop.at_once(Error::LoadInterrupted, slot.unused(), options.give_up);
    let opened = match options.dashboard {
        Dashboard::Tui => Screen::open(&config.name, &options.stop)?,
        Dashboard::Plain | Dashboard::None => Screen::none(),
    };
    let screen = opened.screen();
    let progress: &dyn Progress = if screen.is_open() { screen } else { progress };
    screen.phase("finding the device");
    let devices = backend::devices(&config.device)?;
    options.heartbeat.beat(None);
    let device = &devices[0];
    let start = Instant::now();
    screen.phase("reading data");
    let loaded = load(config, &Watched { shown: progress, heartbeat: &options.heartbeat })?;
    options.heartbeat.beat(None);
    loaded.notes.iter().for_each(|note| (options.warn)(note));
    screen.phase("preparing the run");
    let load_seconds = start.elapsed().as_secs_f64();
    config.check_samples(&loaded.splits)?;
    config.warnings(loaded.splits.train.rows.len()).iter().for_each(|warning| (options.warn)(warning));
    let classifier = told_classifier(config, &loaded.splits.train.samples, device, &options.warn)?;
    let classifier = classifier.with_precision(config.device.precision).in_parts(backend::N_PARTS);

    let mut record = RunRecord::new(config, &loaded, device, load_seconds);
    let checkpoint = match slot.resumes() {
        Some(run) => {
            let decodes = |checkpoint: &Checkpoint| learner::decodes(config, &classifier, checkpoint, device);
            resume::find_checkpoint(run, config, &record.data, decodes, options.warn)?
        }
        None => None,
    };
    record.updates = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.state.updates);
    if slot.begins_again() {
        let path = options.artifacts.join(&config.name);
        let lost = format!("the run `{}` has no `{}` and no checkpoint", path.display(), file::CONFIG);
        (options.warn)(&format!("{lost}; it begins again"));
    }
    drop(reading);
    let run = slot.create()?;
    run.write(file::CONFIG, config.to_toml().as_bytes())?;
    record.write(&run)?;
    let log = run.file(file::LOG);
    if let Err(error) = refuse_irregular(&log).and_then(|()| application_log::begin(&log)) {
        (options.warn)(&format!("{error}; training goes on without a log"));
    }
    log::info!("run `{}` begins on {}, {:?}", config.name, record.device.backend, record.data);
    announce(&record, run.path());

    let training = Run { config, devices: &devices, device, directory: &run, screen };
    let trained =
        guarded(|| training.train_and_score(loaded, classifier, checkpoint, options, progress, &mut record));
    options.heartbeat.end();
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
        (options.warn)(&format!("{diverged}; the weights are those from before it"));
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
    Err(trained.err().unwrap_or(error))
}

/// A run whose directory is there.
struct Run<'a> {
    config: &'a Config,
    devices: &'a [Device],
    device: &'a Device,
    directory: &'a RunDir,
    screen: &'a Screen,
}

impl Run<'_> {
    /// Trains, saves the weights, and scores the test part; returns how training went and that
    /// score. What is known is in `record`, whatever happens.
    fn train_and_score(
        &self,
        loaded: Loaded,
        classifier: Classifier<AutodiffBackend>,
        checkpoint: Option<Checkpoint>,
        options: &TrainOptions,
        progress_bar: &dyn Progress,
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
            dashboard: options.dashboard,
            screen: self.screen.clone(),
            stop: options.stop.clone(),
            heartbeat: options.heartbeat.clone(),
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
        record.device_reads = progress.reads;
        record.metrics.train = progress.train.last.map(Into::into);
        record.metrics.validation = progress.selected.map(|selected| selected.score.into());
        record.selected_epoch = progress.selected.map(|selected| selected.epoch).or(Some(progress.epoch));
        let classifier = classifier?;
        if progress.stopped && options.stop.without_weights() {
            return Err(Error::Interrupted(progress.updates));
        }
        self.screen.phase("saving the weights");
        self.save(&classifier)?;
        if progress.stopped {
            return Err(Error::Interrupted(progress.updates));
        }

        let start = Instant::now();
        let watched = Watched { shown: progress_bar, heartbeat: &options.heartbeat };
        let (rows, labels) = (test.rows, test.samples.labels.clone());
        let set = DeviceSet::<Backend>::new(test.samples, &normalizer, false, UPLOAD, self.device);
        self.screen.phase("scoring the test part");
        // Training is written down; a run that is stopped from here on is known as one.
        record.outcome = Outcome::Interrupted;
        record.write(self.directory)?;
        let scoring =
            options.stop.at_once(Error::Interrupted(progress.updates), Unused::default(), options.give_up);
        let verdict = evaluate::verdict(&classifier, &set, &watched);
        drop(scoring);
        record.seconds.evaluate = start.elapsed().as_secs_f64();
        let test = verdict.as_ref().map(|verdict| verdict.score);
        if let (Some(score), Some(verdict)) = (&test, verdict.as_ref()) {
            let path = self.directory.file(file::PREDICTIONS);
            atomic::write_with(&path, |out| predictions_file::write_csv(&rows, &labels, verdict, out))?;
            let (epoch, updates) = match progress.selected {
                Some(selected) => (selected.epoch, selected.updates),
                None => (progress.epoch, progress.updates),
            };
            let mut recorder = self.with_events(Recorder::append(&metrics)?)?;
            recorder.record("test", epoch, updates, score)?;
            recorder.flush()?;
        }
        record.metrics.test = test.map(Into::into);
        Ok((progress, test))
    }

    /// With an event file for TensorBoard, where the configuration asks for one.
    fn with_events(&self, recorder: Recorder) -> Result<Recorder, Error> {
        match self.config.metrics.tensorboard {
            true => recorder.with_events(EventFile::create(&self.directory.file(file::TENSORBOARD))?),
            false => Ok(recorder),
        }
    }

    /// Saves the weights. Predictions of earlier ones, as of a run that ended and was resumed, are deleted first.
    fn save(&self, classifier: &Classifier<Backend>) -> Result<(), Error> {
        self.directory.remove(file::PREDICTIONS)?;
        self.directory.write(file::SAFETENSORS, &weights::to_safetensors(classifier.network())?)?;
        self.directory.write(file::MPK, &weights::to_mpk(classifier)?)
    }
}
