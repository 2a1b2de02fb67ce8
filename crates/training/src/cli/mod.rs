//! The command line.

mod compare;
mod completions;
mod config;
mod data;
mod evaluate;
mod export;
mod gradcheck;
mod predict;
mod print;
mod progress;
mod run;
mod runs;
mod sweep;
mod train;

use crate::backend;
use crate::config::{Config, ConfigError};
use crate::error::Error;
use crate::run_record::VERSIONS;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// A laboratory for classifiers, step by step.
#[derive(Debug, Parser)]
#[command(name = "emberlab", propagate_version = true, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 done, 2 usage or configuration, 3 data missing or corrupt, 4 training failed, \
                        5 device not available, 130 interrupted."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train a classifier and write its run directory
    Train(train::TrainArgs),
    /// Score a trained run: accuracy, precision and recall of each class, confusion matrix
    Evaluate(evaluate::EvaluateArgs),
    /// Predict the classes of images, records or rows
    Predict(predict::PredictArgs),
    /// Train many runs with some keys changed, several at once, and rank them
    Sweep(sweep::SweepArgs),
    /// List the runs and what came of them
    Runs(runs::RunsArgs),
    /// Tell how runs differ, in settings and in scores, and draw their curves
    Compare(compare::CompareArgs),
    /// Write the weights of a trained run
    Export(export::ExportArgs),
    /// Compare the derivative by hand with autodiff and finite differences
    Gradcheck(gradcheck::GradcheckArgs),
    /// Check a configuration, or show it with its defaults
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Print what makes a shell complete the commands: `emberlab completions bash > FILE`
    Completions(completions::CompletionsArgs),
    /// Look at the data of a configuration
    #[command(subcommand)]
    Data(data::DataCommand),
}

/// A configuration file and what is changed about it.
#[derive(Args, Clone, Debug)]
struct ConfigArgs {
    /// The configuration file
    #[arg(value_name = "CONFIG")]
    path: PathBuf,
    /// Set a key of the configuration, as in `--set training.epochs=10`; may be repeated
    #[arg(long = "set", value_name = "KEY.PATH=VALUE")]
    set: Vec<String>,
}

impl ConfigArgs {
    fn load(&self) -> Result<Config, ConfigError> {
        Config::load(&self.path, &self.set)
    }
}

/// Reads a count from 1 on.
fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("must be a whole number from 1".to_owned()),
        Ok(count) => Ok(count),
    }
}

/// The command line with its version.
fn parser() -> clap::Command {
    let version = format!(
        "{} (backend {}, Burn {}, commit {})",
        VERSIONS.emberlab,
        backend::NAME,
        VERSIONS.burn,
        VERSIONS.git_commit
    );
    Cli::command().version(version)
}

/// Runs the program with the arguments it was started with.
pub fn main() -> ExitCode {
    let matches = parser().get_matches();
    let result = match Cli::from_arg_matches(&matches) {
        Ok(cli) => run(cli.command),
        Err(error) => error.exit(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print::error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(command: Command) -> Result<(), Error> {
    match command {
        Command::Train(arguments) => train::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Predict(arguments) => predict::run(&arguments),
        Command::Sweep(arguments) => sweep::run(&arguments),
        Command::Runs(arguments) => runs::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments, parser()),
        Command::Export(arguments) => export::run(&arguments),
        Command::Gradcheck(arguments) => gradcheck::run(&arguments),
        Command::Config(command) => config::run(&command),
        Command::Data(command) => data::run(&command),
    }
}
