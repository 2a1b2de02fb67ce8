//! `emberlab lab`.

use super::print;
use super::progress::ProgressBars;
use crate::error::Error;
use crate::lab::{LabOptions, run as run_lab};
use crate::stop_signal::StopSignal;
use clap::Args;
use std::path::PathBuf;

#[derive(Args, Debug)]
pub struct LabArgs {
    /// Set a key in the experiments that have it, as in `--set data.directory=FOLDER`; may be repeated
    #[arg(long = "set", value_name = "KEY.PATH=VALUE")]
    set: Vec<String>,
    /// The folder of all runs; the lab goes into `lab/` there
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    artifacts: PathBuf,
}

pub fn run(arguments: &LabArgs) -> Result<(), Error> {
    let options = LabOptions {
        artifacts: arguments.artifacts.clone(),
        overrides: arguments.set.clone(),
        stop: StopSignal::listen()?,
        warn: print::warning,
        give_up: super::give_up,
        tell: &|line| print::text(&format!("{line}\n")),
        progress: &ProgressBars::new(),
    };
    let page = run_lab(&options).map_err(|error| match error {
        Error::Interrupted(_) => Error::LabInterrupted,
        error => error,
    })?;
    print::text(&format!("\n{}\n", page.display()))
}
