//! A run whose directory exists: training, saving the weights and scoring the test part.

use crate::checkpoint::{Checkpoint, CheckpointStore, RunIdentity};
use crate::devices::{AutodiffBackend, Backend, Device, UPLOAD, Watched};
use crate::error::Error;
use crate::evaluate::{self, Evaluated};
use crate::host::Host;
use crate::learner::{self, Progress, Setup, Trained};
use crate::load::Loaded;
use crate::record::scores;
use crate::weights;
use emberlab_config::Config;
use emberlab_data::{DeviceSet, LabelledData, Normalizer, Splits};
use emberlab_models::{Classifier, Score};
use emberlab_run::{EventFile, Outcome, Recorder, RunDir, RunRecord, Unused, atomic, file, predictions_file};
use std::sync::Arc;
use std::time::Instant;

/// A run whose directory exists.
pub struct Run<'a> {
    /// The run's configuration.
    pub config: &'a Config,
    /// The devices to train on.
    pub devices: &'a [Device],
    /// The run's directory.
    pub directory: &'a RunDir,
    /// The program around the run.
    pub host: &'a Arc<dyn Host>,
}

/// How training went, and the score of the weights on the test part.
pub struct Scored {
    /// How training went.
    pub progress: Progress,
    /// The score on the test part, if it has any samples.
    pub test: Option<Score>,
}

impl Run<'_> {
    /// Trains, saves the weights, and scores the test part. Writes to `record` what is known, also when it fails.
    pub fn train_and_score(
        &self,
        loaded: Loaded,
        classifier: Classifier<AutodiffBackend>,
        checkpoint: Option<Checkpoint>,
        record: &mut RunRecord,
    ) -> Result<Scored, Error> {
        let Loaded { splits: Splits { train, validation, test }, normalizer, .. } = loaded;
        let setup = Setup {
            train: train.samples,
            validation: validation.map(|part| part.samples),
            normalizer: &normalizer,
            classifier,
            devices: self.devices,
            host: Arc::clone(self.host),
            recorder: self.recorder(checkpoint.as_ref())?,
            histograms: self.directory.file(file::HISTOGRAMS),
            checkpoints: CheckpointStore::new(
                self.directory.file(file::CHECKPOINTS),
                self.config.training.checkpoint.keep,
            ),
            run: RunIdentity { config: self.config.to_toml(), data: record.data.clone() },
            resume: checkpoint,
        };
        let Trained { progress, learning_rate, classifier } = learner::fit(self.config, setup)?;
        record_progress(record, &progress);
        let classifier = classifier?;
        let interrupted = Error::Interrupted(progress.updates);
        if progress.stopped && self.host.stop().without_weights() {
            return Err(interrupted);
        }
        self.save(&classifier)?;
        if progress.stopped {
            return Err(interrupted);
        }
        let test = self.score(&classifier, (&test.rows, test.samples), &normalizer, &progress, record)?;
        if let Some(loss) = test.as_ref().map(|score| score.loss).filter(|loss| !loss.is_finite()) {
            let (what, iteration) = (format!("the test loss is {loss}"), progress.updates);
            return Err(Error::Diverged { what, iteration, learning_rate });
        }
        Ok(Scored { progress, test })
    }

    /// Writes the metrics, on from a checkpoint or from the beginning.
    fn recorder(&self, checkpoint: Option<&Checkpoint>) -> Result<Recorder, Error> {
        let metrics = self.directory.file(file::METRICS);
        self.with_events(match checkpoint {
            Some(checkpoint) => Recorder::resume(&metrics, checkpoint.state.metrics)?,
            None => Recorder::create(&metrics)?,
        })
    }

    /// Adds an event file for TensorBoard, where the configuration asks for one.
    fn with_events(&self, recorder: Recorder) -> Result<Recorder, Error> {
        if !self.config.metrics.tensorboard {
            return Ok(recorder);
        }
        Ok(recorder.with_events(EventFile::create(&self.directory.file(file::TENSORBOARD))?)?)
    }

    /// Saves the weights. Predictions of earlier weights, as of a run that ended and was resumed, are deleted first.
    fn save(&self, classifier: &Classifier<Backend>) -> Result<(), Error> {
        self.host.phase("saving the weights");
        self.directory.remove(file::PREDICTIONS)?;
        self.directory.write(file::SAFETENSORS, &weights::to_safetensors(classifier.network())?)?;
        self.directory.write(file::MPK, &weights::to_mpk(classifier)?)?;
        Ok(())
    }

    /// Scores the test part, and writes its predictions and its line of the metrics.
    fn score(
        &self,
        classifier: &Classifier<Backend>,
        (rows, samples): (&[usize], LabelledData),
        normalizer: &Normalizer,
        progress: &Progress,
        record: &mut RunRecord,
    ) -> Result<Option<Score>, Error> {
        let start = Instant::now();
        let labels = samples.labels.clone();
        let set = DeviceSet::<Backend>::new(samples, normalizer, false, UPLOAD, &self.devices[0]);
        self.host.phase("scoring the test part");
        // Training is over; a run that is stopped from here on is known as one.
        record.outcome = Outcome::Interrupted;
        record.write(self.directory)?;
        let evaluated = {
            let interrupted = Error::Interrupted(progress.updates);
            let _nothing_to_save = self.host.stop().at_once(interrupted, Unused::default());
            let watched = Watched { shown: self.host.progress(), heartbeat: self.host.heartbeat() };
            let views = evaluate::views(self.config, &self.devices[0]);
            evaluate::evaluate(classifier, &set, &views, &watched)
        };
        record.seconds.evaluate = start.elapsed().as_secs_f64();
        let Some(Evaluated { score, predictions, probabilities }) = evaluated else { return Ok(None) };
        atomic::write_with(&self.directory.file(file::PREDICTIONS), |out| {
            predictions_file::write_csv(rows, &labels, &predictions, &probabilities, out)
        })?;
        self.record_test(&score, progress)?;
        record.metrics.test = Some(scores(&score));
        Ok(Some(score))
    }

    /// Adds the line of the test part to the metrics, under the epoch that the weights are from.
    fn record_test(&self, score: &Score, progress: &Progress) -> Result<(), Error> {
        let (epoch, updates) = match &progress.selected {
            Some(selected) => (selected.epoch, selected.updates),
            None => (progress.epoch, progress.updates),
        };
        let mut recorder = self.with_events(Recorder::append(&self.directory.file(file::METRICS))?)?;
        recorder.record("test", epoch, updates, &scores(score))?;
        Ok(recorder.flush()?)
    }
}

fn record_progress(record: &mut RunRecord, progress: &Progress) {
    record.seconds.train = progress.seconds;
    record.diverged = progress.diverged.clone();
    record.stopped_early = progress.stopped_early;
    record.updates = progress.updates;
    record.device_reads = Some(progress.reads);
    record.metrics.train = progress.train.last.as_ref().map(scores);
    record.metrics.validation = progress.selected.as_ref().map(|selected| scores(&selected.score));
    record.selected_epoch =
        progress.selected.as_ref().map(|selected| selected.epoch).or(Some(progress.epoch));
}
