//! The program `emberlab`.

mod build_info;
mod command_line;
mod commands;
mod dashboard;
mod data_report;
mod doctor;
mod error;
mod host;
mod lab;
mod output;
mod reported;
mod signals;
mod sweep;

use std::process::ExitCode;

/// The C library's allocator gives large buffers back to the system after each operation, and takes
/// page faults on the next.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    command_line::main()
}
