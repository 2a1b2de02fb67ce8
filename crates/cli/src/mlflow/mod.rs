//! Sends a finished run to an MLflow server: settings as parameters, every metric, and the files.
//!
//! The run directory is read, never a live process, so that a run can be sent at any time, and again to another server. The
//! requests are those of MLflow's REST interface, version 2.0.

mod client;
mod published;

pub use client::{Client, MlflowError};
pub use published::publish;
