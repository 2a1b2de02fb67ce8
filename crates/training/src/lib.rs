//! Training, evaluating and predicting with the devices of one backend.
//!
//! An [`emberlab_config::Config`] says what to do. [`train::train`] loads the data, trains a classifier with Burn's
//! learner, scores it and leaves a run directory behind; a [`host::Host`] is the program around it. A [`Trainer`] adds a network or
//! samples of a program. Only [`devices`] knows which backend that is; `gradcheck` computes on Burn's flex beside it.
//!
//! ```
//! use emberlab_config::Config;
//! use emberlab_run::Existing;
//! use emberlab_training::host::QuietHost;
//! use emberlab_training::train::{TrainOptions, train};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = Config::builder("plane")
//!     .set("data.source", "synthetic")
//!     .set("model.kind", "linear")
//!     .set("training.epochs", 3)
//!     .set("training.optimizer.learning_rate", 0.1)
//!     .build()?;
//! # let folder = tempfile::tempdir()?;
//! let options = TrainOptions {
//!     artifacts: "artifacts".into(),
//!     existing: Existing::Replace,
//!     wait: false,
//!     git_commit: "unknown".into(),
//! };
//! # let options = TrainOptions { artifacts: folder.path().to_owned(), ..options };
//! let report = train(&config, &options, &QuietHost::shared())?;
//! assert_eq!(report.train.last.map(|score| score.loss.is_finite()), Some(true));
//! # Ok(())
//! # }
//! ```
//!
//! The examples `layer`, `samples` and `without_toml` of this crate are whole programs; `docs/library.md` describes them.

mod application_log;
pub mod checkpoint;
mod classifier;
pub mod devices;
mod error;
pub mod evaluate;
pub mod gradcheck;
mod guarded;
pub mod history;
pub mod host;
pub mod learner;
mod load;
pub mod onnx;
pub mod predict;
mod rate_curve;
mod record;
mod resume;
mod samples;
mod silent;
mod stop;
pub mod train;
pub mod trained_run;
mod trainer;
pub mod weights;
mod whitening;
mod worked_example;

pub use classifier::{classifier, objective};
pub use devices::BURN_VERSION;
pub use error::{Error, ResumeRefusal, TrainingFailure};
pub use guarded::guarded_to_the_end;
pub use load::{Loaded, load, load_for};
pub use rate_curve::{RateCurve, RatePoint};
pub use record::versions;
pub use silent::SilentRenderer;
pub use stop::{Exit, StopSignal};
pub use trainer::Trainer;
pub use worked_example::WorkedExample;
