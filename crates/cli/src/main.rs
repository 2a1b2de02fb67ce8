//! The program `emberlab`.

mod allocator;
mod name_service;

use std::process::ExitCode;

fn main() -> ExitCode {
    allocator::keep_unused_memory();
    name_service::use_built_in();
    emberlab::main()
}
