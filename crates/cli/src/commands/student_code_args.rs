//! How students' code is run.

use clap::Args;
use emberlab_exercises::{CheckOptions, Limits};
use std::ffi::OsString;

#[derive(Args, Debug)]
pub struct StudentCodeArgs {
    /// Python with NumPy
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    python: OsString,
    /// The time that a student's functions may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// The memory that a student's functions may take, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(64..=65536))]
    memory: u64,
}

impl StudentCodeArgs {
    pub fn options(&self) -> CheckOptions {
        CheckOptions {
            python: self.python.clone(),
            limits: Limits { seconds: self.seconds, memory: self.memory << 20 },
        }
    }
}
