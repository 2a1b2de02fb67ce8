//! emberlab: a laboratory for classifiers, step by step.
//!
//! A [`config::Config`] says what to do. [`train::train`] loads the data, trains a classifier with
//! Burn's learner, scores it and leaves a run directory behind. [`cli`] is the command line around
//! it; only [`backend`] names a backend.

mod application_log;
mod atomic;
pub mod backend;
mod checkpoint;
mod classifier;
pub mod cli;
mod comparable;
pub mod config;
pub mod confusion;
mod data_report;
mod doctor;
mod error;
pub mod evaluate;
pub mod evaluation;
mod fingerprint;
pub mod gradcheck;
mod growing_file;
mod histograms_file;
mod lab;
pub mod learner;
mod load;
mod metrics_file;
mod panic_log;
mod plots;
pub mod predict;
mod predictions_file;
pub mod remote;
pub mod renderer;
mod report;
mod resume;
pub mod run_dir;
pub mod run_record;
pub mod run_slot;
pub mod run_summary;
mod settings;
mod standard_output;
pub mod stop_signal;
mod sweep;
pub mod train;
pub mod trained_run;
mod weights;

pub use classifier::{classifier, network, objective};
pub use error::Error;
pub use load::{Loaded, load};
