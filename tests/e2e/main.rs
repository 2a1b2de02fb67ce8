//! The program as its users run it.

mod configuration;
mod curves;
mod data;
#[cfg(feature = "flex")]
mod readme;
mod run_directory;
mod support;
