//! Resuming from a checkpoint.

use super::progress::Progress;
use super::update_loop::UpdateLoop;
use crate::checkpoint::{Checkpoint, decode};
use crate::devices::{AutodiffBackend, Backend, Device};
use crate::error::Error;
use burn::lr_scheduler::LrScheduler;
use burn::module::{AutodiffModule, Module};

impl UpdateLoop {
    /// Brings a training that has made no update to where a checkpoint was written.
    ///
    /// # Errors
    ///
    /// [`Error::Training`] when the checkpoint is of another model or optimizer.
    pub(super) fn resume(&mut self, checkpoint: Checkpoint, device: &Device) -> Result<(), Error> {
        let Checkpoint { state, model, optimizer, best, ema, groups } = checkpoint;
        let classifier = &self.updates.classifier;
        let best = match best {
            Some(bytes) => Some(classifier.valid().load_record(decode::<Backend, _>(bytes, device)?)),
            None => None,
        };
        let classifier = classifier.clone().load_record(decode::<AutodiffBackend, _>(model, device)?);
        if let Some(dropout) = &state.dropout {
            classifier.network().reset_dropout(dropout);
        }
        self.updates.classifier = classifier;
        self.updates.optimizer.load_state(optimizer, device)?;
        self.updates.groups.resume(&self.updates.classifier, groups, state.updates, device)?;
        if let (Some(average), Some(bytes)) = (&mut self.updates.ema, ema) {
            average.load_state(bytes, device)?;
        }
        self.updates.schedule = self.schedule().load_record::<AutodiffBackend>(state.updates);
        self.selection.resume(state.selection, best);
        self.replicas.resume(&state.loader);
        self.loader.resume(state.loader);
        self.progress = Progress {
            epoch: state.epoch.saturating_sub(1),
            updates: state.updates,
            train: state.train,
            validation: state.validation,
            seconds: state.seconds,
            ..Progress::default()
        };
        (self.first_epoch, self.pass) = (state.epoch, state.pass);
        Ok(())
    }
}
