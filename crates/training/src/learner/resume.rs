//! Going on from a checkpoint.

use super::progress::Progress;
use super::schedule::Schedule;
use super::selection::Selection;
use crate::checkpoint::{Checkpoint, decode};
use crate::devices::{AutodiffBackend, Backend, Device};
use crate::error::Error;
use burn::lr_scheduler::LrScheduler;
use burn::module::{AutodiffModule, Module};
use burn::optim::Optimizer;
use emberlab_data::DeviceLoader;
use emberlab_models::{Classifier, ScoreMean};
use std::sync::Arc;

/// What changes from update to update, as it is before the first.
pub struct Start<O> {
    pub classifier: Classifier<AutodiffBackend>,
    pub optimizer: O,
    pub schedule: Schedule,
    pub loader: Arc<DeviceLoader<Backend>>,
}

/// Where training begins.
pub struct Resumed {
    pub progress: Progress,
    pub selection: Selection,
    /// The epoch to begin or to go on with.
    pub first_epoch: usize,
    /// The part of it that was seen.
    pub pass: ScoreMean,
}

/// Brings everything to where a checkpoint was made; leaves it where it is without one.
///
/// # Errors
///
/// [`Error::Training`] when the checkpoint is of another model or optimizer.
pub fn resume<O>(
    start: Start<O>,
    mut selection: Selection,
    checkpoint: Option<Checkpoint>,
    device: &Device,
) -> Result<(Start<O>, Resumed), Error>
where
    O: Optimizer<Classifier<AutodiffBackend>, AutodiffBackend>,
{
    let Some(Checkpoint { state, model, optimizer, best }) = checkpoint else {
        let progress = Progress::default();
        return Ok((start, Resumed { progress, selection, first_epoch: 1, pass: ScoreMean::default() }));
    };
    let Start { classifier, optimizer: fresh, schedule, loader } = start;
    let best = match best {
        Some(bytes) => Some(classifier.valid().load_record(decode::<Backend, _>(bytes, device)?)),
        None => None,
    };
    selection.resume(state.selection, best);
    let classifier = classifier.load_record(decode::<AutodiffBackend, _>(model, device)?);
    if let Some(dropout) = &state.dropout {
        classifier.network().reset_dropout(dropout);
    }
    loader.resume(state.loader);
    let progress = Progress {
        epoch: state.epoch.saturating_sub(1),
        updates: state.updates,
        train: state.train,
        validation: state.validation,
        seconds: state.seconds,
        ..Progress::default()
    };
    let start = Start {
        classifier,
        optimizer: fresh.load_record(decode::<AutodiffBackend, _>(optimizer, device)?),
        schedule: schedule.load_record::<AutodiffBackend>(state.updates),
        loader,
    };
    Ok((start, Resumed { progress, selection, first_epoch: state.epoch, pass: state.pass }))
}
