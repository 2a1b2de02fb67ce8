//! The directory of a run: the format of each of its files, with its reader and its writer.
//!
//! | file | module |
//! |---|---|
//! | `config.toml` | [`config_file`] |
//! | `run.json` | [`RunRecord`] |
//! | `metrics.csv` | [`metrics_file`] |
//! | `histograms.csv` | [`histograms_file`] |
//! | `predictions.csv` | [`predictions_file`] |
//! | `tensorboard/` | [`EventFile`] |
//!
//! A [`RunDir`] is the directory itself, a [`RunSlot`] the locked place of a run that is about to begin or to go on.
//! Checkpoints and weights, which need a device to be read, are the training's.

pub mod atomic;
pub mod comparable;
pub mod config_file;
mod confusion;
mod directory;
mod error;
mod evaluation;
mod event_file;
mod file_mark;
mod fingerprint;
mod growing_file;
pub mod histograms_file;
pub mod leftovers;
pub mod metrics_file;
pub mod predictions_file;
mod problem;
mod record;
mod recorder;
mod slot;
mod summary;

pub use confusion::Confusion;
pub use directory::{Existing, RunDir, file, is_busy};
pub use error::Error;
pub use evaluation::{Averages, ClassFigures, Evaluation, TopK, rank};
pub use event_file::EventFile;
pub use file_mark::{FileMark, Mismatch, MismatchProblem};
pub use fingerprint::{fingerprint, hexadecimal};
pub use growing_file::{GrowingFile, refuse_irregular};
pub use problem::{Damage, FileProblem};
pub use record::{
    DataRecord, DeviceReads, DeviceRecord, Metrics, Outcome, RunRecord, ScoreRecord, Seconds, Seeds, Versions,
};
pub use recorder::Recorder;
pub use slot::{RunSlot, Unused};
pub use summary::{DataSummary, RunSummary, summaries};
