//! End-to-end tests of the program.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod configuration;
mod curves;
mod damaged_runs;
mod data;
mod devices;
mod ema;
#[cfg(unix)]
mod exercises;
mod fetch;
mod find_rate;
mod folds;
mod gradcheck;
mod groups;
mod hostile_configs;
mod image_sets;
mod lab;
mod layers;
mod many_runs;
mod metrics;
mod optimizers;
mod pictures;
mod process;
#[cfg(feature = "flex")]
mod readme;
mod report;
mod resume;
mod run_directory;
mod small_batches;
mod sources;
mod support;
mod sweeps;
mod tables;
mod tensorboard;
#[cfg(unix)]
mod terminal;
mod trained_run;
mod validation;
mod weighted_losses;
mod weights;
mod why;
