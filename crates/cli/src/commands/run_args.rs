//! Arguments that name a run.

use crate::error::Error;
use clap::Args;
use emberlab_run::DEFAULT_ARTIFACTS;
use emberlab_training::trained_run::TrainedRun;
use std::path::PathBuf;

#[derive(Args, Debug)]
pub struct RunArgs {
    /// The run: its directory, or its name in the folder of all runs
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// The folder of all runs
    #[arg(long, value_name = "DIR", default_value = DEFAULT_ARTIFACTS)]
    pub artifacts: PathBuf,
}

impl RunArgs {
    pub fn open(&self) -> Result<TrainedRun, Error> {
        Ok(TrainedRun::open(&self.artifacts, &self.run)?)
    }
}
