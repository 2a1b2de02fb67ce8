//! The epoch loop under Burn's learner.

use super::accumulator::Accumulator;
use super::checkpointing::Position;
use super::clip_norm::clip_norm;
use super::metric::number;
use super::parameters::{count_trainable, is_finite};
use super::progress::{Progress, Shared};
use super::replicas::{Part, Replicas};
use super::schedule::Schedule;
use super::selection::Selected;
use super::shared_optimizer::SharedOptimizer;
use super::unread_scores::UnreadScores;
use crate::devices::{self, AutodiffBackend, Backend};
use crate::devices::{Heartbeat, Watched};
use crate::error::Error;
use crate::evaluate;
use crate::host::{BestEpoch, Host};
use crate::record::scores;
use burn::data::dataloader::Progress as Share;
use burn::module::{AutodiffModule, Module};
use burn::optim::{GradientsParams, Optimizer};
use burn::train::{
    EventProcessorTraining, Learner, LearnerEvent, LearningComponentsMarker, SupervisedLearningStrategy,
    SupervisedTrainingEventProcessor, TrainLoader, TrainingComponents, TrainingItem, ValidLoader,
};
use emberlab_config::{Clip, OnDivergence, ScoreName, TrainingConfig};
use emberlab_data::{BatchPlan, DeviceSet};
use emberlab_models::{Classifier, GradientRule, ScoreMean, StepScore};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Scores are read from the device at least this often, so that the dashboard moves.
const READ_INTERVAL: Duration = Duration::from_millis(100);

/// Burn's learner, one update after another, with scores read in groups.
pub struct UpdateLoop<O> {
    shared: Arc<Mutex<Shared<O>>>,
    log_every: Option<usize>,
    plan: BatchPlan,
    accumulate: usize,
    max_norm: Option<f64>,
    validate_every: usize,
    on_divergence: OnDivergence,
    validation: Option<DeviceSet<Backend>>,
    optimizer: SharedOptimizer<O>,
    replicas: Replicas,
    host: Arc<dyn Host>,
    heartbeat: Heartbeat,
}

type Components<O> =
    LearningComponentsMarker<AutodiffBackend, Schedule, Classifier<AutodiffBackend>, SharedOptimizer<O>>;

impl<O> UpdateLoop<O> {
    pub fn new(
        shared: Arc<Mutex<Shared<O>>>,
        config: &TrainingConfig,
        validation: Option<DeviceSet<Backend>>,
        optimizer: SharedOptimizer<O>,
        replicas: Replicas,
        host: Arc<dyn Host>,
        heartbeat: Heartbeat,
    ) -> Self {
        Self {
            shared,
            log_every: config.log_every,
            plan: config.plan,
            accumulate: config.accumulate,
            max_norm: match config.optimizer.clip {
                Some(Clip::Norm(max_norm)) => Some(max_norm),
                _ => None,
            },
            validate_every: config.validate_every,
            on_divergence: config.on_divergence,
            validation,
            optimizer,
            replicas,
            host,
            heartbeat,
        }
    }

    /// The validation part, in epochs that are scored on it: each `validate_every`-th, and the last.
    fn validation_after(&self, epoch: usize, epochs: usize) -> Option<&DeviceSet<Backend>> {
        let due = epoch.is_multiple_of(self.validate_every) || epoch == epochs;
        self.validation.as_ref().filter(|_| due)
    }
}

impl<O> SupervisedLearningStrategy<Components<O>> for UpdateLoop<O>
where
    O: Optimizer<Classifier<AutodiffBackend>, AutodiffBackend> + 'static,
{
    fn fit(
        &self,
        components: TrainingComponents<Components<O>>,
        learner: Learner<Components<O>>,
        train: TrainLoader<Components<O>>,
        _validation: ValidLoader<Components<O>>,
        _starting_epoch: usize,
    ) -> (Classifier<AutodiffBackend>, SupervisedTrainingEventProcessor<Components<O>>) {
        let mut guard = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let epochs = components.num_epochs;
        let mut fitting = Fitting {
            n_parameters: count_trainable(&learner.model()),
            model: match learner.model().gradient_rule() {
                // Burn would note every new weight for a backward pass that never comes, and never forget it.
                GradientRule::Manual => learner.model().no_grad(),
                GradientRule::Autodiff => learner.model(),
            },
            optimizer: self.optimizer.clone(),
            learner,
            events: components.event_processor,
            each_update_is_a_pass: matches!(self.plan, BatchPlan::Full { .. }),
            pass: guard.pass.clone(),
            shared: &mut guard,
            unread: UnreadScores::default(),
            accumulator: Accumulator::new(),
            n_batches: 0,
            n_parts: 0,
            replicas: &self.replicas,
            heartbeat: &self.heartbeat,
            host: &*self.host,
            accumulate: self.accumulate,
            max_norm: self.max_norm,
            last_read: Instant::now(),
            epochs,
            log_every: self.log_every,
        };
        let stopped = || self.host.stop().came();
        let ran = fitting.epochs(&train, &stopped, |epoch| self.validation_after(epoch, epochs));
        fitting.shared.failure = match (ran, self.on_divergence) {
            (Err(error @ Error::Diverged { .. }), OnDivergence::Restore) => fitting.restore(error).err(),
            (ran, _) => ran.err(),
        };
        (fitting.model, fitting.events)
    }
}

/// A training under way.
struct Fitting<'a, O>
where
    O: Optimizer<Classifier<AutodiffBackend>, AutodiffBackend> + 'static,
{
    /// What the learning rate comes from. Its own step keeps a second handle on the weights, so that the
    /// optimizer would have to copy them all in each update; here they are changed where they are.
    learner: Learner<Components<O>>,
    model: Classifier<AutodiffBackend>,
    optimizer: SharedOptimizer<O>,
    events: SupervisedTrainingEventProcessor<Components<O>>,
    shared: &'a mut Shared<O>,
    each_update_is_a_pass: bool,
    /// Over the last pass of the data: the last update where each sees the whole set, else the
    /// mini-batches of the epoch so far.
    pass: ScoreMean,
    unread: UnreadScores,
    accumulator: Accumulator,
    /// Batches, and parts of them, since the last update.
    n_batches: usize,
    n_parts: usize,
    accumulate: usize,
    /// The bound on the norm of all gradients together.
    max_norm: Option<f64>,
    replicas: &'a Replicas,
    heartbeat: &'a Heartbeat,
    host: &'a dyn Host,
    last_read: Instant,
    epochs: usize,
    log_every: Option<usize>,
    n_parameters: usize,
}

impl<O> Fitting<'_, O>
where
    O: Optimizer<Classifier<AutodiffBackend>, AutodiffBackend> + 'static,
{
    /// The epochs that are left, until there is no use in going on or the user stops it.
    fn epochs<'b>(
        &mut self,
        train: &TrainLoader<Components<O>>,
        stopped: &dyn Fn() -> bool,
        validation_after: impl Fn(usize) -> Option<&'b DeviceSet<Backend>>,
    ) -> Result<(), Error> {
        self.host.phase(if devices::compiles_kernels() {
            "compiling kernels for the first update…"
        } else {
            "making the first update"
        });
        self.show_best();
        for epoch in self.shared.first_epoch..=self.epochs {
            if self.shared.selection.is_exhausted() {
                break;
            }
            self.epoch(epoch, train, stopped)?;
            if stopped() {
                self.shared.progress.stopped = true;
                return self.checkpoint(epoch);
            }
            if let Some(score) = self.pass.score() {
                self.shared.progress.train.end_epoch(epoch, score);
            }
            if let Some(set) = validation_after(epoch) {
                self.validate(epoch, set)?;
            }
            self.show_best();
            self.pass = ScoreMean::default();
            self.shared.checkpointing.end_epoch();
            // Scoring may have taken long; there is no need to wait for another update.
            if stopped() && epoch < self.epochs {
                self.shared.progress.stopped = true;
                return self.checkpoint(epoch + 1);
            }
            if self.shared.checkpointing.is_due_after(epoch) {
                self.checkpoint(epoch + 1)?;
            }
        }
        self.shared.progress.stopped_early = self.shared.selection.is_exhausted();
        self.checkpoint(self.shared.progress.epoch + 1)
    }

    /// Shows the best epoch: by the validation part, or else by the training loss.
    fn show_best(&self) {
        let Shared { selection, progress, .. } = &*self.shared;
        let by_training =
            progress.train.best(ScoreName::Loss).map(|best| (best.epoch, ScoreName::Loss, best.value));
        let by_validation = selection.state().best.as_ref().map(|best| {
            let name = selection.score_name();
            (best.epoch, name, number(&best.score, name))
        });
        let patience_left = selection.patience_left();
        let best = by_validation.or(by_training).map(|(epoch, name, value)| {
            let score = format!("{} {}", name.name(), name.description().show_briefly(value));
            BestEpoch { epoch, score, patience_left }
        });
        self.host.best(best);
    }

    /// Ends with the weights that the validation part chose, or else with those of the newest checkpoint.
    fn restore(&mut self, diverged: Error) -> Result<(), Error> {
        if self.shared.selection.weights().is_none() {
            let (model, device) = (self.model.clone(), self.model.devices().remove(0));
            let Some((state, classifier)) = self.shared.checkpointing.newest(model, &device)? else {
                return Err(diverged);
            };
            let progress = &mut self.shared.progress;
            let between_epochs = state.pass.score().is_none();
            progress.epoch = state.epoch.saturating_sub(usize::from(between_epochs));
            progress.updates = state.updates;
            (progress.train, progress.validation) = (state.train, state.validation);
            self.shared.restored = Some(classifier);
        }
        self.shared.progress.diverged = Some(diverged.to_string());
        Ok(())
    }

    /// Writes down where training is, between two updates of `epoch` or before its first.
    fn checkpoint(&mut self, epoch: usize) -> Result<(), Error> {
        self.host.phase("writing a checkpoint");
        let model = self.model.clone();
        if !is_finite(&model) {
            return Err(
                self.diverged("a weight is infinite or no number".into(), self.shared.progress.updates)
            );
        }
        let Shared { recorder, histograms, progress, selection, checkpointing, .. } = &mut *self.shared;
        let position = Position { epoch, model, pass: &self.pass, progress, selection };
        checkpointing.save(&position, recorder, histograms)?;
        self.shared.progress.reads.checkpoints += 1;
        Ok(())
    }

    fn epoch(
        &mut self,
        epoch: usize,
        train: &TrainLoader<Components<O>>,
        stopped: &dyn Fn() -> bool,
    ) -> Result<(), Error> {
        self.shared.progress.epoch = epoch;
        let mut batches = train.iter();
        let mut elsewhere = self.replicas.epoch();
        while let Some(batch) = batches.next() {
            let parts = elsewhere.step(&self.model, batch);
            self.shared.progress.reads.exchange += std::mem::take(&mut elsewhere.waits);
            let share = batches.progress();
            if !self.update(parts, &share)? {
                continue;
            }
            let (stop, checkpoint) = (stopped(), self.shared.checkpointing.is_due());
            if stop || checkpoint || self.is_due(&share) {
                self.read(share)?;
            }
            if stop {
                break;
            }
            if checkpoint {
                self.checkpoint(epoch)?;
            }
        }
        self.events.process_train(LearnerEvent::EndEpoch(epoch));
        Ok(())
    }

    /// Scores the weights on the validation part.
    fn validate(&mut self, epoch: usize, set: &DeviceSet<Backend>) -> Result<(), Error> {
        let classifier = self.model.valid();
        self.host.phase("scoring the validation part");
        let Some(score) = evaluate::score(
            &classifier,
            set,
            &Watched { shown: self.host.validation_progress(), heartbeat: self.heartbeat },
        ) else {
            return Ok(());
        };
        self.shared.progress.reads.validation += 1;
        let updates = self.shared.progress.updates;
        self.shared.recorder.record("valid", epoch, updates, &scores(&score))?;
        self.shared.recorder.flush()?;
        self.shared.progress.validation.end_epoch(epoch, score.clone());
        self.shared.selection.offer(Selected { epoch, updates, score: score.clone() }, classifier);
        let item = TrainingItem::new(
            StepScore::Read(score),
            Share::new(set.len(), set.len()),
            Share::new(epoch, self.epochs),
            Some(updates),
            None,
        );
        self.events.process_valid(LearnerEvent::ProcessedItem(item));
        self.events.process_valid(LearnerEvent::EndEpoch(epoch));
        self.host.phase("training");
        Ok(())
    }

    /// Makes an update of a batch's gradients, and of those accumulated before it; not yet where more
    /// are to come.
    fn update(&mut self, mut parts: Vec<Part>, share: &Share) -> Result<bool, Error> {
        self.n_batches += 1;
        self.n_parts += parts.len();
        let is_due = self.n_batches >= self.accumulate || share.items_processed >= share.items_total;
        let alone = self.n_parts == 1 && is_due;
        let mut whole = None;
        for Part { gradients, score } in parts.drain(..) {
            self.check(&gradients)?;
            match alone {
                true => whole = Some(gradients),
                false => self.accumulator.add(&self.model, gradients, score.weight()),
            }
            self.unread.push(score);
        }
        if !is_due {
            return Ok(false);
        }
        let mut gradients = whole.unwrap_or_else(|| self.accumulator.take_mean(&self.model));
        let update = self.shared.progress.updates + 1;
        if self.shared.histograms.is_due(update) {
            let transfers = self.shared.histograms.record(update, &self.model, &gradients)?;
            self.shared.progress.reads.histograms += transfers;
        }
        if let Some(max_norm) = self.max_norm {
            clip_norm(&self.model, &mut gradients, max_norm);
        }
        self.learner.lr_step();
        let model = std::mem::replace(&mut self.model, self.learner.model());
        self.model = self.optimizer.step(self.learner.lr_current(), model, gradients);
        self.unread.end_update();
        (self.n_batches, self.n_parts) = (0, 0);
        self.shared.progress.updates = update;
        self.heartbeat.beat(Some(update));
        Ok(true)
    }

    /// An optimizer passes over a parameter without a gradient in silence.
    fn check(&self, gradients: &GradientsParams) -> Result<(), Error> {
        if gradients.len() == self.n_parameters {
            return Ok(());
        }
        let (found, wanted) = (gradients.len(), self.n_parameters);
        Err(Error::Training(format!("{found} gradients for {wanted} parameters")))
    }

    fn diverged(&self, what: String, iteration: usize) -> Error {
        Error::Diverged { what, iteration, learning_rate: self.learner.lr_current() }
    }

    fn is_due(&self, share: &Share) -> bool {
        let at_line = self.log_every.is_some_and(|every| self.shared.progress.updates.is_multiple_of(every));
        at_line || share.items_processed >= share.items_total || self.last_read.elapsed() >= READ_INTERVAL
    }

    /// Reads the scores that are still on the device, records them and shows the last.
    fn read(&mut self, share: Share) -> Result<(), Error> {
        let unread = self.unread.read();
        self.shared.progress.reads.scores += 1;
        let Progress { epoch, updates, .. } = self.shared.progress;
        let first = updates + 1 - unread.len();
        for (iteration, score) in (first..).zip(&unread) {
            self.shared.recorder.record("train", epoch, iteration, &scores(score))?;
            if !score.loss.is_finite() {
                self.shared.recorder.flush()?;
                return Err(self.diverged(format!("the loss is {}", score.loss), iteration));
            }
            if self.each_update_is_a_pass {
                self.pass = ScoreMean::default();
            }
            self.pass.add(score);
        }
        self.shared.recorder.flush()?;
        self.shared.progress.train.last = self.pass.score();
        self.last_read = Instant::now();
        if let Some(score) = self.pass.score() {
            let item = TrainingItem::new(
                StepScore::Read(score),
                share,
                Share::new(epoch, self.epochs),
                Some(updates),
                Some(self.learner.lr_current()),
            );
            self.events.process_train(LearnerEvent::ProcessedItem(item));
        }
        self.host.phase("training");
        Ok(())
    }
}
