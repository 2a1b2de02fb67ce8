//! The program as its users run it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod configuration;
mod curves;
mod data;
mod devices;
mod fetch;
mod lab;
mod many_runs;
mod optimizers;
mod pictures;
#[cfg(feature = "flex")]
mod readme;
mod report;
mod resume;
mod run_directory;
mod sources;
mod support;
mod tensorboard;
#[cfg(unix)]
mod terminal;
mod trained_run;
mod validation;
mod weights;
