//! `emberlab publish`.

use crate::error::Error;
use crate::mlflow::{Client, publish};
use crate::output::print;
use clap::Args;
use emberlab_run::{DEFAULT_ARTIFACTS, RunDir};
use std::path::PathBuf;

#[derive(Args, Debug)]
pub struct PublishArgs {
    /// The runs: directories, or names under the artifacts
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<PathBuf>,
    /// The folder of all runs
    #[arg(long, value_name = "DIR", default_value = DEFAULT_ARTIFACTS)]
    artifacts: PathBuf,
    /// The address of an MLflow server
    #[arg(long, value_name = "ADDRESS", default_value = "http://localhost:5000")]
    mlflow: String,
    /// The experiment on the server; made if it is missing
    #[arg(long, value_name = "NAME", default_value = "emberlab")]
    experiment: String,
}

pub fn run(arguments: &PublishArgs) -> Result<(), Error> {
    let client = Client::new(&arguments.mlflow)?;
    // A run that does not exist is told before anything is sent.
    let directories: Vec<RunDir> =
        arguments.runs.iter().map(|run| RunDir::open(&arguments.artifacts, run)).collect::<Result<_, _>>()?;
    for directory in &directories {
        let published = publish(&client, &arguments.experiment, directory)?;
        let remark = if published.was_there { "  (was there)" } else { "" };
        print::text(&format!("{}{remark}\n", published.page))?;
    }
    Ok(())
}
