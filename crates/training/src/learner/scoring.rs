//! The scores of a training: read, recorded and shown.

use super::burn_learner::Display;
use super::progress::Progress;
use super::update_loop::UpdateLoop;
use crate::devices::{Backend, Watched};
use crate::error::Error;
use crate::evaluate;
use crate::history::{Selected, number};
use crate::host::BestEpoch;
use crate::record::scores;
use burn::data::dataloader::Progress as Share;
use burn::optim::GradientsParams;
use emberlab_config::ScoreName;
use emberlab_data::{BatchPlan, DeviceSet};
use emberlab_models::ScoreMean;
use std::time::Instant;

impl UpdateLoop {
    /// Reads the scores that are still on the device, records them and shows that of the pass so far.
    pub(super) fn read_scores(&mut self, share: Share, display: &mut Display) -> Result<(), Error> {
        let unread = self.unread.read();
        self.progress.reads.scores += 1;
        let Progress { epoch, updates, .. } = self.progress;
        let first = updates + 1 - unread.len();
        let each_update_is_a_pass = matches!(self.config.plan, BatchPlan::Full { .. });
        for (update, (score, learning_rate)) in (first..).zip(&unread) {
            self.recorder.record("train", epoch, update, &scores(score))?;
            self.host.loss(update, score.loss);
            if !score.loss.is_finite() {
                self.recorder.flush()?;
                if update == 1 {
                    return Err(Error::NotFinite(score.loss));
                }
                let what = format!("the loss is {}", score.loss);
                return Err(Error::Diverged { what, iteration: update, learning_rate: *learning_rate });
            }
            if each_update_is_a_pass {
                self.pass = ScoreMean::default();
            }
            self.pass.add(score);
        }
        self.recorder.flush()?;
        self.last_read = Instant::now();
        self.progress.train.last = self.pass.score();
        if let Some(score) = self.pass.score() {
            display.training(score, share, epoch, updates, self.updates.learning_rate);
        }
        self.host.phase("training");
        Ok(())
    }

    /// Scores the weights on the validation part and keeps them where they are the best so far.
    pub(super) fn validate(
        &mut self,
        epoch: usize,
        set: &DeviceSet<Backend>,
        display: &mut Display,
    ) -> Result<(), Error> {
        self.check_weights()?;
        let classifier = self.updates.evaluated();
        self.host.phase("scoring the validation part");
        let watched = Watched { shown: self.host.validation_progress(), heartbeat: self.host.heartbeat() };
        let Some(score) = evaluate::score(&classifier, set, &self.views, &watched) else { return Ok(()) };
        let updates = self.progress.updates;
        self.progress.reads.validation += 2;
        self.recorder.record("valid", epoch, updates, &scores(&score))?;
        self.recorder.flush()?;
        if !score.loss.is_finite() {
            return Err(self.diverged(format!("the validation loss is {}", score.loss)));
        }
        self.progress.validation.end_epoch(epoch, score.clone());
        self.selection.offer(Selected { epoch, updates, score: score.clone() }, classifier);
        display.validation(score, set.len(), epoch, updates);
        self.host.phase("training");
        Ok(())
    }

    /// Records weights and gradients before some of the updates.
    pub(super) fn record_histograms(&mut self, gradients: &GradientsParams) -> Result<(), Error> {
        let update = self.progress.updates + 1;
        if self.histograms.is_due(update) {
            let transfers = self.histograms.record(update, &self.updates.classifier, gradients)?;
            self.progress.reads.histograms += transfers;
        }
        Ok(())
    }

    /// Shows the best epoch so far: by the validation part, or else by the training loss.
    pub(super) fn show_best(&self) {
        let by_training =
            self.progress.train.best(ScoreName::Loss).map(|best| (best.epoch, ScoreName::Loss, best.value));
        let by_validation = self.selection.state().best.as_ref().map(|best| {
            let name = self.selection.score_name();
            (best.epoch, name, number(&best.score, name))
        });
        let patience_left = self.selection.patience_left();
        let best = by_validation.or(by_training).map(|(epoch, name, value)| {
            let score = format!("{} {}", name.name(), name.description().show_briefly(value));
            BestEpoch { epoch, score, patience_left }
        });
        self.host.best(best);
    }
}
