//! The directory of a run: the format, the reader and the writer of each of its files.
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
//! A [`RunDir`] is the directory, a [`RunSlot`] the locked directory of a run that is about to begin or to be resumed.
//! Checkpoints and weights belong to the crate that trains, because reading them needs a device.
//!
//! ```
//! use emberlab_run::{Error, FileProblem, RunDir, RunRecord, file, metrics_file};
//!
//! let artifacts = tempfile::tempdir()?;
//! let folder = artifacts.path().join("first");
//! std::fs::create_dir(&folder)?;
//! std::fs::write(folder.join(file::RECORD), "{}")?;
//! std::fs::write(folder.join(file::METRICS), "split,epoch,iteration,metric,value\ntrain,1,1,loss,0.5\n")?;
//!
//! let run = RunDir::open(artifacts.path(), "first".as_ref())?;
//! let rows = metrics_file::read(&run.file(file::METRICS))?;
//! assert_eq!(metrics_file::curve(&rows, "train", "loss"), [(1.0, 0.5)]);
//!
//! // The record lacks its keys.
//! let error = RunRecord::read(run.path()).unwrap_err();
//! assert!(matches!(error, Error::Artifact { problem: FileProblem::Damaged(_), .. }));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
pub mod folds_file;
mod growing_file;
pub mod histograms_file;
pub mod leftovers;
pub mod metrics_file;
pub mod predictions_file;
mod problem;
pub mod proportion;
mod record;
mod recorder;
mod scores;
mod slot;
mod summary;

pub use confusion::Confusion;
pub use directory::{DEFAULT_ARTIFACTS, Existing, RunDir, file, is_busy};
pub use error::Error;
pub use evaluation::{Averages, ClassFigures, Evaluation, TopK, rank};
pub use event_file::EventFile;
pub use file_mark::{FileMark, Mismatch, MismatchProblem};
pub use fingerprint::fingerprint;
pub use growing_file::{GrowingFile, refuse_irregular};
pub use problem::{Damage, FileProblem};
pub use record::{
    DataRecord, DeviceReads, DeviceRecord, Metrics, Outcome, PartScores, RunRecord, Seconds, Seeds, Versions,
};
pub use recorder::Recorder;
pub use scores::{Scores, names, show};
pub use slot::{RunSlot, Unused};
pub use summary::{DataSummary, RunSummary, summaries};
