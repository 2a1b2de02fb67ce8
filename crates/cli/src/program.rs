//! Programs that train networks and samples of their own, as `emberlab train` does.

use crate::commands::train::{self, TrainArgs};
use crate::error::Error;
use crate::output::print;
use clap::Parser;
use emberlab_training::{Error as TrainingError, Trainer, guarded_to_the_end};
use std::error::Error as StdError;
use std::process::ExitCode;

/// A training with what a program brings to it, or the reason why it cannot bring it.
pub type Brought<'a> = Result<Trainer<'a>, Box<dyn StdError + Send + Sync>>;

/// Train a network or samples of this program, and write the run directory.
#[derive(Debug, Parser)]
#[command(
    after_help = "Exit codes: 0 done, 2 usage or configuration, 3 data missing or corrupt, 4 training failed, \
                  5 device not available, 130 interrupted."
)]
struct Arguments {
    #[command(flatten)]
    train: TrainArgs,
}

/// Runs `emberlab train` with the arguments of this process. `bring` adds a network or samples to the training.
pub fn program(bring: impl for<'a> FnOnce(Trainer<'a>) -> Brought<'a>) -> ExitCode {
    let Arguments { train } = Arguments::parse();
    let result = guarded_to_the_end(|| -> Result<(), Error> {
        train::run(&train, |trainer| {
            bring(trainer).map_err(|reason| Error::from(TrainingError::Host(reason)))
        })
    });
    print::exit(result)
}
