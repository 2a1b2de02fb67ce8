//! The program `emberlab`.

use std::process::ExitCode;

/// The C library's allocator gives large buffers back to the system after each operation, and takes
/// page faults on the next.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    emberlab_training::cli::main()
}
