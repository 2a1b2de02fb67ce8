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
pub mod host;
pub mod learner;
mod load;
mod panic_log;
pub mod predict;
mod record;
mod resume;
mod stop;
pub mod train;
pub mod trained_run;
pub mod weights;
mod worked_example;

pub use classifier::{classifier, network, objective};
pub use error::Error;
pub use load::{Loaded, load, load_for};
pub use panic_log::guarded;
pub use record::{BURN_VERSION, versions};
pub use stop::{Exit, StopSignal};
pub use worked_example::WorkedExample;
