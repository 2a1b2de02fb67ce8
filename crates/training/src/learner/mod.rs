//! Training with Burn's learner, under which the loop is ours.
//!
//! The interfaces of optimizers, metrics and renderers are Burn's, and so is the thread that computes and shows metrics
//! ([`burn::train::SupervisedTraining`]). The loop over epochs and batches is a custom strategy under it, for
//! three reasons:
//!
//! - **Exact resume.** Burn's checkpoints are written at the end of an epoch and hold model, optimizer and schedule. Ours may
//!   be written between any two updates and also hold where the loader is, the generators of shuffling, augmentation and
//!   dropout, the scores of the pass under way and the state of early stopping, so that a resumed run makes the same bytes
//!   as one that was never stopped.
//! - **Grouped reads.** Burn 0.21 sends the score of every batch through a channel of one place to a thread that reads it
//!   from the device and updates metrics and renderer. The loop does not wait for each update, but it is held back once it is
//!   a few updates ahead of that thread, and every update costs a transfer. Here scores stay on the device and are read
//!   together: every 100 ms, at the end of an epoch, and where a line is to be printed.
//! - **Updates in place.** Burn's `Learner::optimizer_step` clones the model, so that the optimizer has to copy every weight.
//!   Here the optimizer is handed the only handle on the weights.
//!
//! [`fit`] prepares an `UpdateLoop` (`update_loop.rs`, the loop itself) and runs it under Burn's learner (`burn_learner.rs`).

mod accumulator;
mod adam;
mod burn_learner;
mod checkpointing;
mod clip_norm;
mod decoding;
mod ema;
mod exchange;
mod groups;
mod histograms;
mod host_renderer;
mod loaders;
mod metric;
mod muon;
mod no_batches;
mod normalized_muon;
mod one_cycle;
mod optimizer;
mod parameters;
mod progress;
mod replicas;
mod resume;
mod rmsprop;
mod schedule;
mod scoring;
mod selection;
mod sgd;
mod throughput;
mod transfer;
mod unread_scores;
mod update_loop;
mod updates;
mod weights_only_decay;

pub use groups::check as check_groups;
pub use histograms::Histograms;
pub use metric::LEARNING_RATE;
pub use progress::Progress;
pub use schedule::{Schedule, learning_rates};
pub use throughput::THROUGHPUT;

use crate::checkpoint::{Checkpoint, CheckpointStore, RunIdentity};
use crate::devices::{AutodiffBackend, Backend, Device, DeviceError, UPLOAD};
use crate::error::Error;
use crate::evaluate;
use crate::guarded::guarded;
use crate::host::Host;
use checkpointing::Checkpointing;
use emberlab_config::{Config, ScoreName};
use emberlab_data::{DeviceSet, LabelledData, Normalizer};
use emberlab_models::{Classifier, ScoreMean};
use emberlab_run::{FileMark, Recorder};
use selection::Selection;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use unread_scores::UnreadScores;
use update_loop::UpdateLoop;
use updates::Updates;

/// How far a training has come, and the classifier with its final weights or the error that ended it.
pub struct Trained {
    /// Updates made and the last score.
    pub progress: Progress,
    /// The learning rate of the last update.
    pub learning_rate: f64,
    /// The classifier with its final weights.
    pub classifier: Result<Classifier<Backend>, Error>,
}

/// What a training needs besides the configuration.
pub struct Setup<'a> {
    /// The training part.
    pub train: LabelledData,
    /// The validation part, which chooses the weights.
    pub validation: Option<LabelledData>,
    /// Turns the features of both into inputs.
    pub normalizer: &'a Normalizer,
    /// The classifier with its initial weights.
    pub classifier: Classifier<AutodiffBackend>,
    /// The devices to train on; the first one makes the updates.
    pub devices: &'a [Device],
    /// The program around the training.
    pub host: Arc<dyn Host>,
    /// Writes the metrics.
    pub recorder: Recorder,
    /// The file of the histograms of weights and gradients.
    pub histograms: PathBuf,
    /// The folder of the checkpoints.
    pub checkpoints: CheckpointStore,
    /// The run, as each checkpoint describes it.
    pub run: RunIdentity,
    /// The checkpoint to resume from; without one, training begins with the initial weights.
    pub resume: Option<Checkpoint>,
}

/// Trains a classifier as `config` says.
///
/// # Errors
///
/// [`Error::Schedule`] for a schedule that Burn does not accept, [`Error::Run`] for files that cannot be created, and
/// [`Error::Training`] for a checkpoint of another model. Errors of the training itself are in [`Trained::classifier`]:
/// [`Error::Diverged`] when the loss or a weight became NaN or infinite, [`Error::Run`] when a file cannot be written,
/// [`Error::Device`] and [`Error::Training`] for what Burn reports by a panic.
pub fn fit(config: &Config, setup: Setup<'_>) -> Result<Trained, Error> {
    let training = Arc::new(Mutex::new(prepare(config, setup)?));
    let ended = burn_learner::run(&training);
    let mut training = burn_learner::lock(&training);
    training.progress.selected = training.selection.state().best.clone();
    training.progress.seconds = training.checkpointing.seconds();
    let failure = training.failure.take().map_or(ended, Err);
    let classifier = failure.map(|()| final_classifier(&mut training));
    let learning_rate = training.updates.learning_rate;
    Ok(Trained { progress: training.progress.clone(), learning_rate, classifier })
}

/// The classifier with the weights that the validation part chose, those of the checkpoint that a diverged training went back
/// to, or the last ones.
fn final_classifier(training: &mut UpdateLoop) -> Classifier<Backend> {
    let chosen = training.selection.weights().cloned();
    chosen.or(training.restored.take()).unwrap_or_else(|| training.updates.evaluated())
}

/// Whether the weights and the optimizer state of a checkpoint are those of a run of `config` on `n_train` training samples.
pub fn decodes(
    config: &Config,
    classifier: &Classifier<AutodiffBackend>,
    n_train: usize,
    checkpoint: &Checkpoint,
    device: &Device,
) -> bool {
    let training = &config.training;
    let copy = || classifier.separate_copy();
    guarded(|| decoding::try_decoding(training, copy(), n_train, checkpoint, device)).is_ok()
}

/// A training before its first update, or where its checkpoint was written.
fn prepare(config: &Config, setup: Setup<'_>) -> Result<UpdateLoop, Error> {
    let Setup { train, validation, normalizer, classifier, devices, host, recorder, .. } = setup;
    let Setup { histograms, checkpoints, run, resume, .. } = setup;
    let Some((device, others)) = devices.split_first() else {
        return Err(DeviceError::NoDevice.into());
    };
    let training = config.training.clone();
    let n_updates = training.updates(train.len());
    let updates = Updates::new(classifier, &training, train.len())?;
    let (loader, replicas) = loaders::loaders(config, train, normalizer, (device, others));
    let state = resume.as_ref().map(|checkpoint| &checkpoint.state);
    let mark = state.map_or(FileMark::default(), |state| state.histograms);
    let metrics = config.metric_names().into_iter().map(ScoreName::Metric);
    let mut prepared = UpdateLoop {
        scores: std::iter::once(ScoreName::Loss).chain(metrics).collect(),
        n_updates,
        host,
        updates,
        loader: Arc::new(loader),
        replicas: Arc::new(replicas),
        validation: validation
            .map(|samples| Arc::new(DeviceSet::new(samples, normalizer, false, UPLOAD, device))),
        views: evaluate::views(config, device),
        recorder,
        histograms: Histograms::create(&histograms, n_updates, mark)?,
        checkpointing: Checkpointing::new(training.checkpoint, checkpoints, run, state),
        selection: Selection::new(training.select, training.early_stopping),
        config: training,
        progress: Progress::default(),
        first_epoch: 1,
        pass: ScoreMean::default(),
        unread: UnreadScores::default(),
        last_read: Instant::now(),
        restored: None,
        failure: None,
    };
    if let Some(checkpoint) = resume {
        prepared.resume(checkpoint, device)?;
    }
    Ok(prepared)
}
