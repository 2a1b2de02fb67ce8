//! The program `emberlab`.

mod allocator;
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
mod name_service;
mod output;
mod reported;
mod signals;
mod sweep;

use std::process::ExitCode;

fn main() -> ExitCode {
    allocator::keep_unused_memory();
    name_service::use_built_in();
    command_line::main()
}
