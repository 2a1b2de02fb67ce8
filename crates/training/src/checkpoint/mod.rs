//! Checkpoints: everything that a run needs to resume exactly, on disk.
//!
//! A checkpoint is one file, `checkpoints/<updates>.ckpt`: a line with the format and the SHA-256 of the rest, then
//! [`StoredCheckpoint`] in MessagePack. It is written whole or not at all, so that a run that is killed at any moment leaves
//! whole checkpoints behind; a damaged one is detected by its checksum. A checkpoint also holds the configuration, the record
//! of the data, and the checksums of `metrics.csv` and `histograms.csv` as they were: it does not depend on `config.toml` and
//! `run.json`, and a changed file is detected. A resumed run makes the same draws, the same updates and the same lines of
//! `metrics.csv` as one that was never stopped.

mod records;
mod store;

pub use records::{decode, encode};
pub use store::{CheckpointStore, Newest, Unfit};

use crate::history::{History, SelectionState};
use emberlab_data::{LoaderState, RandomState};
use emberlab_models::ScoreMean;
use emberlab_run::DataRecord;
use emberlab_run::FileMark;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// The identity of a run, independent of its other files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunIdentity {
    /// The configuration with every default, as TOML.
    pub config: String,
    /// The data it is trained on.
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

/// The state of a training between two updates.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Everything but weights and moments.
    pub state: TrainingState,
    /// The weights, as Burn records them.
    #[serde(with = "serde_bytes")]
    pub model: Vec<u8>,
    /// The optimizer's state, as Burn records it.
    #[serde(with = "serde_bytes")]
    pub optimizer: Vec<u8>,
    /// The best weights so far, where there is a validation part to choose them by.
    #[serde(with = "serde_bytes")]
    pub best: Option<Vec<u8>>,
    /// The average of the weights, where the run has one.
    #[serde(default, with = "serde_bytes", skip_serializing_if = "Option::is_none")]
    pub ema: Option<Vec<u8>>,
    /// The state of the optimizer of each group of parameters that is not frozen, where the run has groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<ByteBuf>,
}

/// Everything of a training but its weights and moments.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TrainingState {
    /// The epoch to continue, from 1; one more than the last when training is over.
    pub epoch: usize,
    /// Updates made.
    pub updates: usize,
    /// The loader's state.
    pub loader: LoaderState,
    /// The state of dropout's generator.
    pub dropout: Option<RandomState>,
    /// Over the pass of the training part under way.
    pub pass: ScoreMean,
    /// The scores over passes of the training part; the last may be of one under way.
    pub train: History,
    /// The scores on the validation part.
    pub validation: History,
    /// The state of the selection by the validation part.
    pub selection: SelectionState,
    /// How far `metrics.csv` had grown.
    pub metrics: FileMark,
    /// How far `histograms.csv` had grown.
    pub histograms: FileMark,
    /// Seconds of training so far.
    pub seconds: f64,
}
