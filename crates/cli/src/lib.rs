//! The program `emberlab`, and programs like it that train networks and samples of their own.
//!
//! [`program`] is `emberlab train` for what another crate brings: the dashboard, signals, the run directory, exact resume, and
//! exit codes. `emberlab new NAME` writes such a program.
//!
//! ```no_run
//! use emberlab_data::{Features, LabelledData, Splits, TestSize, TrainTestSplit};
//! use std::process::ExitCode;
//!
//! // As `emberlab train`: `my-program CONFIG [--resume] [--set key.path=value]`, with `source = "custom"` in the file.
//! fn main() -> ExitCode {
//!     emberlab::program(|trainer| {
//!         let samples = LabelledData {
//!             features: Features::table((0..40).map(f64::from).collect(), 1),
//!             labels: (0..40).map(|row| u32::from(row >= 20)).collect(),
//!             class_names: vec!["low".into(), "high".into()],
//!         };
//!         let split = TrainTestSplit { test_size: TestSize::Share(0.25), stratify: true };
//!         let splits = Splits::divide(&samples, &split, trainer.config().data.split_seed)?;
//!         Ok(trainer.samples(splits))
//!     })
//! }
//! ```

mod build_info;
mod command_line;
mod commands;
mod dashboard;
mod data_report;
mod doctor;
mod error;
mod host;
mod lab;
mod mlflow;
mod output;
mod program;
mod reported;
mod signals;
mod sweep;

pub use command_line::main;
pub use program::{Brought, program};
