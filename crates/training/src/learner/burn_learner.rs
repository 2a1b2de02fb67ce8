//! Burn's learner around the loop.
//!
//! Burn brings the metrics, the store of their values and the thread that renders them; the loop reports to it. Batches,
//! weights and optimizer are the loop's own: Burn is given a loader without batches, a classifier of tiny weights and an
//! optimizer that does nothing, so that it holds no second copy of anything.

use super::host_renderer::HostRenderer;
use super::metric::{ScoreMetric, Unlogged};
use super::no_batches::NoBatches;
use super::schedule::Schedule;
use super::throughput::Throughput;
use super::update_loop::UpdateLoop;
use crate::devices::{AutodiffBackend, with_device_metrics};
use crate::error::Error;
use crate::guarded::guarded;
use crate::host::Outline;
use burn::data::dataloader::Progress as Share;
use burn::optim::{GradientsParams, MultiGradientsParams, Optimizer};
use burn::train::metric::{CpuMemory, CpuUse, LearningRateMetric};
use burn::train::{
    EventProcessorTraining, Learner, LearnerEvent, LearningComponentsMarker, SupervisedLearningStrategy,
    SupervisedTraining, SupervisedTrainingEventProcessor, TrainLoader, TrainingComponents, TrainingItem,
    TrainingStrategy, ValidLoader,
};
use emberlab_models::{Classifier, Score, StepScore};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Components =
    LearningComponentsMarker<AutodiffBackend, Schedule, Classifier<AutodiffBackend>, NoOptimizer>;

/// Runs a loop under Burn's learner; what the loop came to is in it afterwards.
///
/// # Errors
///
/// [`Error::Device`] and [`Error::Training`] for what Burn reports by a panic.
pub fn run(training: &Arc<Mutex<UpdateLoop>>) -> Result<(), Error> {
    guarded(|| {
        let (supervised, learner) = {
            let training = lock(training);
            (
                supervised(&training),
                Learner::new(training.updates.stand_in(), NoOptimizer, training.schedule()),
            )
        };
        let strategy = TrainingStrategy::Custom(Arc::new(Strategy(Arc::clone(training))));
        let result = supervised.with_training_strategy(strategy).launch(learner);
        // The last line is printed when the renderer goes.
        drop(result.renderer);
        Ok(())
    })
}

/// The loop, also after a panic in it.
pub fn lock(training: &Mutex<UpdateLoop>) -> MutexGuard<'_, UpdateLoop> {
    training.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Burn's learner with the metrics and the renderer of a training.
fn supervised(training: &UpdateLoop) -> SupervisedTraining<Components> {
    let supervised = SupervisedTraining::new("", Arc::new(NoBatches), Arc::new(NoBatches))
        .num_epochs(training.config.epochs)
        .with_application_logger(None)
        .with_metric_logger(Unlogged);
    let metrics = || training.scores.iter().copied().map(ScoreMetric::new);
    let supervised = metrics().fold(supervised, |supervised, metric| supervised.metric_train_numeric(metric));
    let supervised = metrics()
        .fold(supervised, |supervised, metric| supervised.metric_valid_numeric(metric))
        .metric_train_numeric(LearningRateMetric::new())
        .metric_train_numeric(Throughput::new(training.seen_before()));
    let supervised =
        if training.host.shows_system_metrics() { with_system_metrics(supervised) } else { supervised };
    let outline = Outline {
        updates: training.n_updates,
        updates_before: training.progress.updates,
        training: &training.config,
        scores: &training.scores,
        has_validation: training.validation.is_some(),
    };
    supervised.renderer(HostRenderer(training.host.renderer(&outline)))
}

fn with_system_metrics(supervised: SupervisedTraining<Components>) -> SupervisedTraining<Components> {
    with_device_metrics(supervised.metric_train(CpuUse::new()).metric_train(CpuMemory::new()))
}

/// The loop, in the form that Burn's learner takes.
struct Strategy(Arc<Mutex<UpdateLoop>>);

impl SupervisedLearningStrategy<Components> for Strategy {
    fn fit(
        &self,
        components: TrainingComponents<Components>,
        learner: Learner<Components>,
        _train: TrainLoader<Components>,
        _validation: ValidLoader<Components>,
        _starting_epoch: usize,
    ) -> (Classifier<AutodiffBackend>, SupervisedTrainingEventProcessor<Components>) {
        let mut display = Display { events: components.event_processor, epochs: components.num_epochs };
        lock(&self.0).train(&mut display);
        (learner.model(), display.events)
    }
}

/// Shows scores through Burn's metrics.
pub struct Display {
    events: SupervisedTrainingEventProcessor<Components>,
    epochs: usize,
}

impl Display {
    /// Shows the score over the pass of the training part under way. `share` is how much of the epoch is done.
    pub fn training(&mut self, score: Score, share: Share, epoch: usize, updates: usize, learning_rate: f64) {
        let item = self.item(score, share, epoch, updates, Some(learning_rate));
        self.events.process_train(LearnerEvent::ProcessedItem(item));
    }

    /// Says that all batches of an epoch were trained on.
    pub fn end_training(&mut self, epoch: usize) {
        self.events.process_train(LearnerEvent::EndEpoch(epoch));
    }

    /// Shows the score of `n_samples` samples of the validation part after an epoch.
    pub fn validation(&mut self, score: Score, n_samples: usize, epoch: usize, updates: usize) {
        let item = self.item(score, Share::new(n_samples, n_samples), epoch, updates, None);
        self.events.process_valid(LearnerEvent::ProcessedItem(item));
        self.events.process_valid(LearnerEvent::EndEpoch(epoch));
    }

    fn item(
        &self,
        score: Score,
        share: Share,
        epoch: usize,
        updates: usize,
        learning_rate: Option<f64>,
    ) -> TrainingItem<StepScore<crate::devices::Backend>> {
        let epochs = Share::new(epoch, self.epochs);
        TrainingItem::new(StepScore::Read(score), share, epochs, Some(updates), learning_rate)
    }
}

/// The optimizer of Burn's learner. It does nothing: the loop has its own.
#[derive(Clone)]
struct NoOptimizer;

impl Optimizer<Classifier<AutodiffBackend>, AutodiffBackend> for NoOptimizer {
    type Record = ();

    fn step(
        &mut self,
        _learning_rate: f64,
        classifier: Classifier<AutodiffBackend>,
        _gradients: GradientsParams,
    ) -> Classifier<AutodiffBackend> {
        classifier
    }

    fn step_multi(
        &mut self,
        _learning_rate: f64,
        classifier: Classifier<AutodiffBackend>,
        _gradients: MultiGradientsParams,
    ) -> Classifier<AutodiffBackend> {
        classifier
    }

    fn to_record(&self) {}

    fn load_record(self, (): ()) -> Self {
        self
    }
}
