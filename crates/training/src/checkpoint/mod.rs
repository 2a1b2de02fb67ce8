//! What a run needs to go on from where it was, on disk.
//!
//! A checkpoint is one file, `checkpoints/<updates>.ckpt`: a line that names the format and the
//! SHA-256 of what follows, then [`StoredCheckpoint`] in MessagePack. It is written whole or not at all, so
//! a run that is killed, at any moment, leaves whole checkpoints behind; a damaged one is found by its checksum.
//! A checkpoint also holds the configuration, the record of the data, and the checksums of `metrics.csv` and
//! `histograms.csv` as they were, so that it does not depend on `config.toml` and `run.json`, and so that a changed
//! file is found. Going on from it, every draw, every update and every line of `metrics.csv` is what it would have
//! been.

mod records;
mod store;

pub use records::{decode, encode};
pub use store::{CANNOT_BE_READ, CheckpointStore, Newest};

use crate::learner::{History, SelectionState};
use emberlab_data::{LoaderState, RandomState};
use emberlab_models::ScoreMean;
use emberlab_run::DataRecord;
use emberlab_run::FileMark;
use serde::{Deserialize, Serialize};

/// What a run is, whatever its other files say.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunIdentity {
    /// The configuration with every default, as TOML.
    pub config: String,
    /// What it is trained on.
    pub data: DataRecord,
}

/// A checkpoint as its file holds it.
#[derive(Clone, Debug, Deserialize)]
pub struct StoredCheckpoint {
    /// The run that wrote it.
    pub run: RunIdentity,
    /// The training of it.
    pub training: Checkpoint,
}

/// A training between two updates.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Where it is.
    pub state: TrainingState,
    /// The weights, as Burn records them.
    #[serde(with = "serde_bytes")]
    pub model: Vec<u8>,
    /// What the optimizer keeps, as Burn records it.
    #[serde(with = "serde_bytes")]
    pub optimizer: Vec<u8>,
    /// The best weights so far, where there is a validation part to choose them by.
    #[serde(with = "serde_bytes")]
    pub best: Option<Vec<u8>>,
}

/// All of a training but its weights.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TrainingState {
    /// The epoch that goes on, from 1; one more than the last when training is over.
    pub epoch: usize,
    /// Updates made.
    pub updates: usize,
    /// Where the loader is.
    pub loader: LoaderState,
    /// What dropout draws from.
    pub dropout: Option<RandomState>,
    /// Over the pass of the training part under way.
    pub pass: ScoreMean,
    /// The scores over passes of the training part; the last may be of one under way.
    pub train: History,
    /// The scores on the validation part.
    pub validation: History,
    /// What the validation part has said so far.
    pub selection: SelectionState,
    /// How far `metrics.csv` had grown.
    pub metrics: FileMark,
    /// How far `histograms.csv` had grown.
    pub histograms: FileMark,
    /// Seconds of training so far.
    pub seconds: f64,
}
