//! Training with Burn's learner.
//!
//! Model, optimizer and metrics are Burn's; the epoch loop is a custom
//! strategy under it, because Burn's own waits for the device after each update to read the loss.
//! Here scores stay on the device and are read many at a time.

mod accumulator;
mod adam;
mod checkpointing;
mod clip_norm;
mod decoding;
mod exchange;
mod graph_loader;
mod histograms;
mod history;
mod host_renderer;
mod metric;
mod muon;
mod no_validation;
mod parameters;
mod progress;
mod replicas;
mod resume;
mod rmsprop;
mod schedule;
mod selection;
mod shared_optimizer;
mod silent;
mod throughput;
mod transfer;
mod unread_scores;
mod update_loop;

pub use emberlab_run::metrics_file::METRICS_HEADER;
pub use histograms::Histograms;
pub use history::{Best, History};
pub use metric::{LEARNING_RATE, numbers};
pub use progress::Progress;
pub use schedule::{Schedule, learning_rates};
pub use selection::{Selected, SelectionState};
pub use silent::SilentRenderer;
pub use throughput::THROUGHPUT;

use crate::checkpoint::{Checkpoint, CheckpointStore, RunIdentity};
use crate::devices::Heartbeat;
use crate::devices::{AutodiffBackend, Backend, Device, failure};
use crate::error::Error;
use crate::host::{Host, Outline};
use crate::panic_log::{PanicLog, guarded};
use adam::Adaptive;
use burn::data::dataloader::DataLoader;
use burn::grad_clipping::GradientClippingConfig;
use burn::optim::adaptor::OptimizerAdaptor;
use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdaGradConfig, Optimizer, RmsPropConfig, SgdConfig, SimpleOptimizer};
use burn::train::metric::{CpuMemory, CpuUse, LearningRateMetric};
use burn::train::{Learner, SupervisedTraining, TrainingStrategy};
use checkpointing::Checkpointing;
use decoding::Decoding;
use emberlab_config::{Clip, Config, OptimizerConfig, OptimizerKind, ScoreName};
use emberlab_data::{
    Augmenter, BatchPlan, ClassificationBatch, DeviceLoader, DeviceSet, LabelledData, Normalizer,
};
use emberlab_models::Classifier;
use emberlab_run::{FileMark, Recorder};
use graph_loader::GraphLoader;
use host_renderer::HostRenderer;
use metric::{ScoreMetric, Unlogged};
use muon::MuonWithAdamW;
use no_validation::NoValidation;
use progress::Shared;
use replicas::Replicas;
use resume::{Resumed, Start};
use rmsprop::RmsPropInF64;
use selection::Selection;
use shared_optimizer::SharedOptimizer;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use throughput::Throughput;
use update_loop::UpdateLoop;

/// How far a training came, and the classifier with its final weights or what ended it.
pub struct Trained {
    /// Updates made and the last score.
    pub progress: Progress,
    /// The classifier with its final weights.
    pub classifier: Result<Classifier<Backend>, Error>,
}

/// What the learner needs besides the configuration.
pub struct Setup<'a> {
    /// What is trained on.
    pub train: LabelledData,
    /// What the weights are chosen by.
    pub validation: Option<LabelledData>,
    /// What makes inputs of both.
    pub normalizer: &'a Normalizer,
    /// The classifier with its initial weights.
    pub classifier: Classifier<AutodiffBackend>,
    /// Where it is trained, the device that makes the updates first.
    pub devices: &'a [Device],
    /// The program around it.
    pub host: Arc<dyn Host>,
    /// What is told that work goes on.
    pub heartbeat: Heartbeat,
    /// What writes the metrics.
    pub recorder: Recorder,
    /// Where histograms of weights and gradients are written.
    pub histograms: PathBuf,
    /// Where checkpoints are written.
    pub checkpoints: CheckpointStore,
    /// What checkpoints say of the run.
    pub run: RunIdentity,
    /// What to go on from; the initial weights where there is nothing.
    pub resume: Option<Checkpoint>,
}

/// Trains a classifier as `config` says.
///
/// # Errors
///
/// [`Error::Usage`] for a schedule that Burn does not take, [`Error::Write`] for files that cannot be made. What goes wrong later is in
/// [`Trained::classifier`]: [`Error::Diverged`] when the loss or a weight is no number any more, [`Error::Write`]
/// when the metrics cannot be written, [`Error::Training`] for what Burn reports by a panic.
pub fn fit(config: &Config, setup: Setup<'_>) -> Result<Trained, Error> {
    with_optimizer(config, setup)
}

/// Whether a run of `config` can go on from a checkpoint, whose records must be those of its classifier and optimizer.
pub fn decodes(
    config: &Config,
    classifier: &Classifier<AutodiffBackend>,
    checkpoint: &Checkpoint,
    device: &Device,
) -> bool {
    let decoding = Decoding { checkpoint, classifier: classifier.clone(), device };
    guarded(|| with_optimizer(config, decoding)).is_ok()
}

/// What is done with the optimizer of a configuration, whose type depends on its kind.
trait Task {
    type Output;

    fn run<O>(self, config: &Config, optimizer: O) -> Result<Self::Output, Error>
    where
        O: Optimizer<Classifier<AutodiffBackend>, AutodiffBackend> + 'static;
}

impl Task for Setup<'_> {
    type Output = Trained;

    fn run<O>(self, config: &Config, optimizer: O) -> Result<Trained, Error>
    where
        O: Optimizer<Classifier<AutodiffBackend>, AutodiffBackend> + 'static,
    {
        train(config, self, optimizer)
    }
}

fn launch<O, T: Task>(config: &Config, task: T, optimizer: O) -> Result<T::Output, Error>
where
    O: Optimizer<Classifier<AutodiffBackend>, AutodiffBackend> + 'static,
{
    task.run(config, optimizer)
}

fn with_optimizer<T: Task>(config: &Config, setup: T) -> Result<T::Output, Error> {
    let OptimizerConfig { kind, weight_decay, clip, .. } = &config.training.optimizer;
    let decay = (*weight_decay > 0.0).then(|| WeightDecayConfig::new(*weight_decay as f32));
    let clip = clip.and_then(|clip| match clip {
        // The update loop clips by the norm of all gradients together.
        Clip::Norm(_) => None,
        Clip::NormPerParameter(norm) => Some(GradientClippingConfig::Norm(norm as f32)),
        Clip::Value(value) => Some(GradientClippingConfig::Value(value as f32)),
    });
    match *kind {
        OptimizerKind::Sgd { momentum, nesterov } => {
            let momentum = (momentum > 0.0).then_some(MomentumConfig { momentum, dampening: 0.0, nesterov });
            let optimizer = SgdConfig::new().with_momentum(momentum).with_weight_decay(decay);
            launch(config, setup, optimizer.with_gradient_clipping(clip).init())
        }
        OptimizerKind::Adam(moments) => {
            launch(config, setup, adapted(Adaptive::adam(moments, *weight_decay), clip))
        }
        OptimizerKind::AdamW(moments) => {
            launch(config, setup, adapted(Adaptive::adamw(moments, *weight_decay), clip))
        }
        OptimizerKind::RmsProp { alpha, momentum, centered, epsilon } if alpha > adam::LARGEST_IN_F32 => {
            let weight_decay = *weight_decay;
            let optimizer = RmsPropInF64 { alpha, momentum, centered, epsilon, weight_decay };
            launch(config, setup, adapted(optimizer, clip))
        }
        OptimizerKind::RmsProp { alpha, momentum, centered, epsilon } => {
            let optimizer = RmsPropConfig::new()
                .with_alpha(alpha as f32)
                .with_momentum(momentum as f32)
                .with_centered(centered)
                .with_epsilon(epsilon as f32)
                .with_weight_decay(decay);
            launch(config, setup, optimizer.with_grad_clipping(clip).init())
        }
        OptimizerKind::AdaGrad { epsilon } => {
            let optimizer = AdaGradConfig::new().with_epsilon(epsilon as f32).with_weight_decay(decay);
            launch(config, setup, optimizer.with_grad_clipping(clip).init())
        }
        OptimizerKind::Muon { momentum, nesterov } => {
            launch(config, setup, adapted(MuonWithAdamW::new(momentum, nesterov, *weight_decay), clip))
        }
    }
}

/// A rule for one parameter as an optimizer of a classifier, with clipping.
fn adapted<R: SimpleOptimizer<Backend>>(
    rule: R,
    clip: Option<GradientClippingConfig>,
) -> OptimizerAdaptor<R, Classifier<AutodiffBackend>, AutodiffBackend> {
    let optimizer = OptimizerAdaptor::from(rule);
    match clip {
        Some(clip) => optimizer.with_grad_clipping(clip.init()),
        None => optimizer,
    }
}

type TrainLoader = Arc<dyn DataLoader<AutodiffBackend, ClassificationBatch<AutodiffBackend>>>;

fn train<O>(config: &Config, setup: Setup<'_>, optimizer: O) -> Result<Trained, Error>
where
    O: Optimizer<Classifier<AutodiffBackend>, AutodiffBackend> + 'static,
{
    let Setup { train, validation, normalizer, classifier, devices, run, .. } = setup;
    let Setup { host, heartbeat, recorder, histograms, checkpoints, resume, .. } = setup;
    let Some((device, others)) = devices.split_first() else {
        return Err(Error::Device("no device to train on".into()));
    };
    let training_config = &config.training;
    let updates = training_config.updates(train.len());
    let schedule =
        Schedule::new(&training_config.schedule, training_config.optimizer.learning_rate, updates)?;
    let replicas = others.iter().cloned().map(|device| {
        let loader = train_loader(config, train.clone(), normalizer, &device);
        if let Some(checkpoint) = &resume {
            loader.resume(checkpoint.state.loader.clone());
        }
        (device, loader)
    });
    let replicas = Replicas::new(replicas.collect(), config.model.least_batch());
    let loader = Arc::new(train_loader(config, train, normalizer, device));
    let start = Start { classifier, optimizer, schedule, loader };
    let selection = Selection::new(training_config.select, training_config.early_stopping);
    let mark = resume.as_ref().map_or(FileMark::default(), |checkpoint| checkpoint.state.histograms);
    let (start, resumed) = resume::resume(start, selection, resume, device)?;
    let Start { classifier, optimizer, schedule, loader } = start;
    let optimizer = SharedOptimizer::new(optimizer);
    let checkpointing = Checkpointing::new(
        training_config.checkpoint,
        (checkpoints, run),
        optimizer.clone(),
        Arc::clone(&loader),
        resumed.progress.seconds,
    );
    let Resumed { progress, selection, first_epoch, pass } = resumed;
    let updates_done = progress.updates;
    let histograms = Histograms::create(&histograms, updates, mark)?;
    let shared = Shared {
        recorder,
        histograms,
        progress,
        selection,
        checkpointing,
        first_epoch,
        pass,
        restored: None,
        failure: None,
    };
    let shared = Arc::new(Mutex::new(shared));
    let validation = validation.map(|samples| DeviceSet::new(samples, normalizer, false, device));
    let has_validation = validation.is_some();
    let strategy = UpdateLoop::new(
        Arc::clone(&shared),
        training_config,
        validation,
        optimizer.clone(),
        replicas,
        Arc::clone(&host),
        heartbeat,
    );
    let loader: TrainLoader = Arc::new(GraphLoader(loader));
    let scores: Vec<ScoreName> = std::iter::once(ScoreName::Loss)
        .chain(config.metric_names().into_iter().map(ScoreName::Metric))
        .collect();
    let training = SupervisedTraining::new("", loader, Arc::new(NoValidation))
        .num_epochs(training_config.epochs)
        .with_application_logger(None)
        .with_metric_logger(Unlogged);
    let metrics = || scores.iter().copied().map(ScoreMetric::new);
    let training = metrics().fold(training, |training, metric| training.metric_train_numeric(metric));
    let training = metrics()
        .fold(training, |training, metric| training.metric_valid_numeric(metric))
        .metric_train_numeric(LearningRateMetric::new())
        .metric_train_numeric(Throughput::new())
        .with_training_strategy(TrainingStrategy::Custom(Arc::new(strategy)));
    let panics = PanicLog::install();
    let training = if host.shows_system_metrics() {
        let training = training.metric_train(CpuUse::new()).metric_train(CpuMemory::new());
        #[cfg(feature = "cuda")]
        let training = training.metric_train(burn::train::metric::CudaMetric::new());
        training
    } else {
        training
    };
    let outline = Outline {
        updates,
        updates_before: updates_done,
        training: training_config,
        scores: &scores,
        has_validation,
    };
    let training = training.renderer(HostRenderer(host.renderer(&outline)));
    let learner = Learner::new(classifier, optimizer, schedule);
    let launched = catch_unwind(AssertUnwindSafe(|| {
        let result = training.launch(learner);
        // The last line is printed when the renderer goes.
        drop(result.renderer);
        result.model
    }));
    let panic = panics.finish();
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    shared.progress.selected = shared.selection.state().best.clone();
    shared.progress.seconds = shared.checkpointing.seconds();
    let classifier = match (shared.failure.take(), launched, shared.selection.weights()) {
        (Some(error), ..) => Err(error),
        (None, Ok(_), Some(classifier)) => Ok(classifier.clone()),
        (None, Ok(classifier), None) => Ok(shared.restored.take().unwrap_or(classifier)),
        (None, Err(_), _) => Err(failure(panic.unwrap_or_else(|| "no reason given".to_owned()))),
    };
    Ok(Trained { progress: shared.progress.clone(), classifier })
}

fn train_loader(
    config: &Config,
    train: LabelledData,
    normalizer: &Normalizer,
    device: &Device,
) -> DeviceLoader<Backend> {
    let training = &config.training;
    let augmented = config.data.source.image().filter(|_| !config.data.augment.is_none());
    let whole = matches!(training.plan, BatchPlan::Full { .. }) && augmented.is_none();
    let set = DeviceSet::new(train, normalizer, whole, device);
    let loader = DeviceLoader::new(set, training.plan, training.shuffle.then_some(training.shuffle_seed));
    match augmented {
        Some(shape) => {
            let augmenter = Augmenter::new(config.data.augment, shape, device);
            loader.augmented(augmenter, config.data.augment_seed)
        }
        None => loader,
    }
}
