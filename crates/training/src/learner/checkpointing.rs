//! When checkpoints are written, and going back to one.

use super::ema::Ema;
use super::parameters::is_finite;
use super::update_loop::UpdateLoop;
use crate::checkpoint::{
    Checkpoint, CheckpointStore, RunIdentity, StoredCheckpoint, TrainingState, decode, encode,
};
use crate::devices::{AutodiffBackend, Backend};
use crate::error::Error;
use crate::weights;
use burn::module::{AutodiffModule, Module};
use emberlab_config::CheckpointConfig;
use std::time::Instant;

/// Where checkpoints are written, and when.
pub struct Checkpointing {
    config: CheckpointConfig,
    store: CheckpointStore,
    /// Part of each checkpoint.
    run: RunIdentity,
    last: Instant,
    began: Instant,
    /// Seconds of training before this process.
    seconds_before: f64,
    /// Updates at the checkpoint that the run was resumed from, or at the last that it has written.
    newest: Option<usize>,
}

impl Checkpointing {
    /// Checkpoints of `run` in `store`, which has resumed from `state`; the first is due `every_minutes` from now.
    pub fn new(
        config: CheckpointConfig,
        store: CheckpointStore,
        run: RunIdentity,
        state: Option<&TrainingState>,
    ) -> Self {
        let now = Instant::now();
        let seconds_before = state.map_or(0.0, |state| state.seconds);
        let newest = state.map(|state| state.updates);
        Self { config, store, run, last: now, began: now, seconds_before, newest }
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

    /// Writes a checkpoint.
    fn save(&mut self, checkpoint: &Checkpoint) -> Result<(), Error> {
        self.store.save(&self.run, checkpoint)?;
        (self.last, self.newest) = (Instant::now(), Some(checkpoint.state.updates));
        Ok(())
    }

    /// The newest checkpoint that can be read. Passes over those that the run was not resumed from, which lie beside it until
    /// it writes one.
    fn newest(&self) -> Result<Option<Checkpoint>, Error> {
        let Some(newest) = self.newest else { return Ok(None) };
        let is_of_this_run = |stored: &StoredCheckpoint| stored.training.state.updates <= newest;
        let found = self.store.newest(|stored| {
            Ok(if is_of_this_run(stored) { Ok(()) } else { Err("was passed over".to_owned()) })
        })?;
        for (path, reason) in &found.unfit {
            log::warn!("`{}` {reason}", path.display());
        }
        Ok(found.checkpoint.map(|stored| stored.training))
    }
}

impl UpdateLoop {
    /// Writes a checkpoint, between two updates of `epoch` or before its first. All scores must have been read.
    pub(super) fn checkpoint(&mut self, epoch: usize) -> Result<(), Error> {
        self.host.phase("writing a checkpoint");
        self.check_weights()?;
        let checkpoint = self.state(epoch)?;
        self.checkpointing.save(&checkpoint)?;
        self.progress.reads.checkpoints += 1;
        Ok(())
    }

    fn state(&mut self, epoch: usize) -> Result<Checkpoint, Error> {
        let classifier = &self.updates.classifier;
        let state = TrainingState {
            epoch,
            updates: self.progress.updates,
            loader: self.loader.state(),
            dropout: classifier.network().dropout_state(),
            pass: self.pass.clone(),
            train: self.progress.train.clone(),
            validation: self.progress.validation.clone(),
            selection: self.selection.state().clone(),
            metrics: self.recorder.sync()?,
            histograms: self.histograms.sync()?,
            seconds: self.checkpointing.seconds(),
        };
        Ok(Checkpoint {
            state,
            model: encode::<AutodiffBackend, _>(classifier.clone().into_record())?,
            optimizer: self.updates.optimizer.state()?,
            best: self.selection.weights().map(weights::to_mpk).transpose()?,
            ema: self.updates.ema.as_ref().map(Ema::state).transpose()?,
            groups: self.updates.groups.states()?,
        })
    }

    /// Checks that all weights are finite.
    pub(super) fn check_weights(&self) -> Result<(), Error> {
        if is_finite(&self.updates.classifier) {
            return Ok(());
        }
        Err(self.diverged("a weight is infinite or no number".to_owned()))
    }

    /// The error of weights that the last update made.
    pub(super) fn diverged(&self, what: String) -> Error {
        let learning_rate = self.updates.learning_rate;
        Error::Diverged { what, iteration: self.progress.updates, learning_rate }
    }

    /// Ends a training that diverged with the weights that the validation part chose, or else with those of the newest
    /// checkpoint.
    ///
    /// # Errors
    ///
    /// `diverged` where there is neither; [`Error::Training`] when the checkpoint does not decode.
    pub(super) fn restore(&mut self, diverged: Error) -> Result<(), Error> {
        if self.selection.weights().is_none() {
            let Some(Checkpoint { state, model, ema, .. }) = self.checkpointing.newest()? else {
                return Err(diverged);
            };
            let classifier = self.updates.classifier.separate_copy();
            let device = classifier.devices().into_iter().next().unwrap_or_default();
            self.restored = Some(match ema {
                Some(average) => classifier.valid().load_record(decode::<Backend, _>(average, &device)?),
                None => classifier.load_record(decode::<AutodiffBackend, _>(model, &device)?).valid(),
            });
            let between_epochs = state.pass.score().is_none();
            self.progress.epoch = state.epoch.saturating_sub(usize::from(between_epochs));
            self.progress.updates = state.updates;
            (self.progress.train, self.progress.validation) = (state.train, state.validation);
        }
        self.progress.diverged = Some(diverged.to_string());
        Ok(())
    }
}
