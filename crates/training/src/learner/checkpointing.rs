//! When a training is written down, and what of it.

use super::histograms::Histograms;
use super::progress::Progress;
use super::selection::Selection;
use super::shared_optimizer::SharedOptimizer;
use crate::checkpoint::{Checkpoint, CheckpointStore, RunIdentity, TrainingState, decode, encode};
use crate::devices::{AutodiffBackend, Backend, Device};
use crate::error::Error;
use crate::weights;
use burn::module::{AutodiffModule, Module};
use burn::optim::Optimizer;
use emberlab_config::CheckpointConfig;
use emberlab_data::DeviceLoader;
use emberlab_models::{Classifier, ScoreMean};
use emberlab_run::Recorder;
use std::sync::Arc;
use std::time::Instant;

/// Writes checkpoints.
pub struct Checkpointing<O> {
    config: CheckpointConfig,
    store: CheckpointStore,
    /// What each checkpoint says of the run.
    run: RunIdentity,
    optimizer: SharedOptimizer<O>,
    loader: Arc<DeviceLoader<Backend>>,
    last: Instant,
    began: Instant,
    /// Seconds of training before this process.
    seconds_before: f64,
}

/// What a training is at, besides what [`Checkpointing`] has at hand.
pub struct Position<'a> {
    /// The epoch that goes on.
    pub epoch: usize,
    pub model: Classifier<AutodiffBackend>,
    pub pass: &'a ScoreMean,
    pub progress: &'a Progress,
    pub selection: &'a Selection,
}

impl<O> Checkpointing<O>
where
    O: Optimizer<Classifier<AutodiffBackend>, AutodiffBackend> + 'static,
{
    pub fn new(
        config: CheckpointConfig,
        (store, run): (CheckpointStore, RunIdentity),
        optimizer: SharedOptimizer<O>,
        loader: Arc<DeviceLoader<Backend>>,
        seconds_before: f64,
    ) -> Self {
        let now = Instant::now();
        Self { config, store, run, optimizer, loader, last: now, began: now, seconds_before }
    }

    /// Seconds of training so far, those before this process included.
    pub fn seconds(&self) -> f64 {
        self.seconds_before + self.began.elapsed().as_secs_f64()
    }

    /// Whether so much time has passed that one is due.
    pub fn is_due(&self) -> bool {
        self.last.elapsed().as_secs_f64() >= 60.0 * self.config.every_minutes
    }

    /// Whether one is due at the end of an epoch.
    pub fn is_due_after(&self, epoch: usize) -> bool {
        self.is_due() || self.config.every_epochs.is_some_and(|every| epoch.is_multiple_of(every))
    }

    /// Says to the loader that what comes is another epoch.
    pub fn end_epoch(&self) {
        self.loader.end_epoch();
    }

    /// The classifier of the newest whole checkpoint, and where training was when it was written.
    ///
    /// # Errors
    ///
    /// [`Error::Artifact`] when the folder cannot be read, [`Error::Training`] when the checkpoint is of
    /// another model than `like`.
    pub fn newest(
        &self,
        like: Classifier<AutodiffBackend>,
        device: &Device,
    ) -> Result<Option<(TrainingState, Classifier<Backend>)>, Error> {
        let found = self.store.newest(|_| Ok(Ok(())))?;
        for (path, reason) in &found.unfit {
            log::warn!("`{}` {reason}", path.display());
        }
        let Some(checkpoint) = found.checkpoint.map(|stored| stored.training) else { return Ok(None) };
        let classifier = like.load_record(decode::<AutodiffBackend, _>(checkpoint.model, device)?);
        Ok(Some((checkpoint.state, classifier.valid())))
    }

    /// Writes a checkpoint; all scores must have been read and recorded.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn save(
        &mut self,
        position: &Position<'_>,
        recorder: &mut Recorder,
        histograms: &mut Histograms,
    ) -> Result<(), Error> {
        let Position { epoch, model, pass, progress, selection } = position;
        let state = TrainingState {
            epoch: *epoch,
            updates: progress.updates,
            loader: self.loader.state(),
            dropout: model.network().dropout_state(),
            pass: (*pass).clone(),
            train: progress.train.clone(),
            validation: progress.validation.clone(),
            selection: selection.state().clone(),
            metrics: recorder.sync()?,
            histograms: histograms.sync()?,
            seconds: self.seconds(),
        };
        let checkpoint = Checkpoint {
            state,
            model: encode::<AutodiffBackend, _>(model.clone().into_record())?,
            optimizer: encode::<AutodiffBackend, _>(self.optimizer.to_record())?,
            best: selection.weights().map(weights::to_mpk).transpose()?,
        };
        self.store.save(&self.run, &checkpoint)?;
        self.last = Instant::now();
        Ok(())
    }
}
