//! Training, evaluating and predicting with the devices of one backend.
//!
//! An [`emberlab_config::Config`] says what to do. [`train::train`] loads the data, trains a classifier with Burn's
//! learner, scores it and leaves a run directory behind; a [`host::Host`] is the program around it. Only [`devices`] names
//! a backend.

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
mod silent;
mod stop;
pub mod train;
pub mod trained_run;
pub mod weights;
mod whitening;
mod worked_example;

pub use classifier::{classifier, objective};
pub use devices::BURN_VERSION;
pub use error::{Error, ResumeRefusal, TrainingFailure};
pub use guarded::guarded;
pub use load::{Loaded, load, load_for};
pub use rate_curve::{RateCurve, RatePoint};
pub use record::versions;
pub use silent::SilentRenderer;
pub use stop::{Exit, StopSignal};
pub use worked_example::WorkedExample;
