//! `emberlab lab`.

use crate::error::Error;
use crate::lab::{LabOptions, run as run_lab};
use crate::output::ProgressBars;
use crate::output::print;
use crate::signals;
use clap::Args;
use emberlab_run::DEFAULT_ARTIFACTS;
use emberlab_training::Error as TrainingError;
use std::path::PathBuf;

#[derive(Args, Debug)]
pub struct LabArgs {
    /// Set a key in each experiment that has it, as in `--set data.directory=FOLDER`; may be repeated
    #[arg(long = "set", value_name = "KEY.PATH=VALUE")]
    set: Vec<String>,
    /// The folder of all runs; the lab is written to `lab/` in it
    #[arg(long, value_name = "DIR", default_value = DEFAULT_ARTIFACTS)]
    artifacts: PathBuf,
}

pub fn run(arguments: &LabArgs) -> Result<(), Error> {
    let options = LabOptions {
        artifacts: arguments.artifacts.clone(),
        overrides: arguments.set.clone(),
        stop: signals::listen()?,
        warn: print::warning,
        tell: &|line| print::text(&format!("{line}\n")),
        progress: &ProgressBars::new(),
    };
    let page = run_lab(&options).map_err(|error| match error {
        Error::Training(TrainingError::Interrupted(_)) => Error::LabInterrupted,
        error => error,
    })?;
    print::text(&format!("\n{}\n", page.display()))
}
