//! The training loop: epochs, batches, updates.

use super::burn_learner::Display;
use super::checkpointing::Checkpointing;
use super::histograms::Histograms;
use super::progress::Progress;
use super::replicas::Replicas;
use super::schedule::Schedule;
use super::selection::Selection;
use super::unread_scores::UnreadScores;
use super::updates::Updates;
use crate::devices::{Backend, CurrentPlatform, Platform};
use crate::error::Error;
use crate::host::Host;
use burn::data::dataloader::{DataLoader, Progress as Share};
use emberlab_config::{OnDivergence, ScoreName, TrainingConfig};
use emberlab_data::{ClassificationBatch, DeviceLoader, DeviceSet, DeviceViews};
use emberlab_models::{Classifier, ScoreMean};
use emberlab_run::Recorder;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Scores are read from the device at least this often, so that the dashboard moves.
const READ_INTERVAL: Duration = Duration::from_millis(100);

/// A training between two updates, with everything that the next one needs.
pub struct UpdateLoop {
    pub config: TrainingConfig,
    /// The numbers of a score, in order.
    pub scores: Vec<ScoreName>,
    /// Updates of the whole run.
    pub n_updates: usize,
    pub host: Arc<dyn Host>,
    pub updates: Updates,
    pub loader: Arc<DeviceLoader<Backend>>,
    /// The devices besides the first.
    pub replicas: Arc<Replicas>,
    pub validation: Option<Arc<DeviceSet<Backend>>>,
    /// The views that the validation part is scored by.
    pub views: DeviceViews<Backend>,
    pub recorder: Recorder,
    pub histograms: Histograms,
    pub checkpointing: Checkpointing,
    pub selection: Selection,
    pub progress: Progress,
    /// The epoch to begin or to go on with.
    pub first_epoch: usize,
    /// Over the last pass of the training part: the last update where each sees the whole part, else the mini-batches of the
    /// epoch so far.
    pub pass: ScoreMean,
    pub unread: UnreadScores,
    pub last_read: Instant,
    /// The weights of the checkpoint that a diverged training went back to.
    pub restored: Option<Classifier<Backend>>,
    /// The error that ended the training.
    pub failure: Option<Error>,
}

impl UpdateLoop {
    /// Trains until the last epoch is done, the validation score no longer improves, or the user stops it.
    pub fn train(&mut self, display: &mut Display) {
        let ended = self.epochs(display);
        self.failure = match (ended, self.config.on_divergence) {
            (Err(error @ Error::Diverged { .. }), OnDivergence::Restore) => self.restore(error).err(),
            (ended, _) => ended.err(),
        };
    }

    fn epochs(&mut self, display: &mut Display) -> Result<(), Error> {
        self.host.phase(if CurrentPlatform::COMPILES_KERNELS {
            "compiling kernels for the first update…"
        } else {
            "making the first update"
        });
        self.show_best();
        for epoch in self.first_epoch..=self.config.epochs {
            if self.selection.is_exhausted() {
                break;
            }
            self.epoch(epoch, display)?;
            if self.is_stopped() {
                return self.stop(epoch);
            }
            self.end_epoch(epoch, display)?;
            // Scoring may have taken long: stops before another update.
            if self.is_stopped() && epoch < self.config.epochs {
                return self.stop(epoch + 1);
            }
            if self.checkpointing.is_due_after(epoch) {
                self.checkpoint(epoch + 1)?;
            }
        }
        self.progress.stopped_early = self.selection.is_exhausted();
        self.checkpoint(self.progress.epoch + 1)
    }

    /// Trains on the batches of an epoch that are left.
    fn epoch(&mut self, epoch: usize, display: &mut Display) -> Result<(), Error> {
        self.progress.epoch = epoch;
        let (loader, replicas) = (Arc::clone(&self.loader), Arc::clone(&self.replicas));
        let (mut batches, mut elsewhere) = (loader.iter(), replicas.epoch());
        while let Some(batch) = batches.next() {
            // Made without a graph: by hand there is no backward pass after which Burn forgets how the batch was made.
            let batch = ClassificationBatch::from_inner(batch);
            let parts = elsewhere.step(&self.updates.classifier, batch);
            self.progress.reads.exchange += std::mem::take(&mut elsewhere.waits);
            parts.iter().for_each(|part| self.unread.push(part.score.clone()));
            let share = batches.progress();
            let Some(gradients) = self.updates.gather(parts, is_over(&share))? else { continue };
            self.record_histograms(&gradients)?;
            self.updates.step(gradients, self.progress.updates + 1);
            self.count_update();
            let (stop, checkpoint) = (self.is_stopped(), self.checkpointing.is_due());
            if stop || checkpoint || self.must_read(&share) {
                self.read_scores(share, display)?;
            }
            if stop {
                break;
            }
            if checkpoint {
                self.checkpoint(epoch)?;
            }
        }
        display.end_training(epoch);
        Ok(())
    }

    /// Samples that the updates before this process were made of.
    pub(super) fn seen_before(&self) -> usize {
        (self.first_epoch - 1) * self.loader.num_items() + self.loader.items_processed()
    }

    fn count_update(&mut self) {
        self.unread.end_update(self.updates.learning_rate);
        self.progress.updates += 1;
        self.host.heartbeat().beat(Some(self.progress.updates));
    }

    /// Whether the scores are read after this update: for a line, at the end of an epoch, or for the dashboard.
    fn must_read(&self, share: &Share) -> bool {
        let for_line = self.config.log_every.is_some_and(|every| self.progress.updates.is_multiple_of(every));
        for_line || is_over(share) || self.last_read.elapsed() >= READ_INTERVAL
    }

    fn end_epoch(&mut self, epoch: usize, display: &mut Display) -> Result<(), Error> {
        if let Some(score) = self.pass.score() {
            self.progress.train.end_epoch(epoch, score);
        }
        let is_last = epoch == self.config.epochs;
        if let Some(set) = self.validation.clone()
            && (epoch.is_multiple_of(self.config.validate_every) || is_last)
        {
            self.validate(epoch, &set, display)?;
        }
        self.show_best();
        self.pass = ScoreMean::default();
        self.loader.end_epoch();
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        self.host.stop().came()
    }

    /// Ends the training, as the user asks, before the rest of `epoch`.
    fn stop(&mut self, epoch: usize) -> Result<(), Error> {
        self.progress.stopped = true;
        self.checkpoint(epoch)
    }

    /// The learning rates of the updates that come.
    pub fn schedule(&self) -> Schedule {
        self.updates.schedule.clone()
    }
}

/// Whether all batches of an epoch were handed out.
fn is_over(share: &Share) -> bool {
    share.items_processed >= share.items_total
}
