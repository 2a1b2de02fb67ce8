//! The program as its users run it.

mod configuration;
mod curves;
mod data;
mod run_directory;
mod support;
