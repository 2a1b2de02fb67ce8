//! `emberlab config`.

mod layer_report;
mod layer_table;
mod layers;

use super::config_args::ConfigArgs;
use crate::error::{Error, UsageError};
use crate::output::{ProgressBars, print};
use clap::{Args, Subcommand};
use emberlab_config::{Explanation, docs, explain, schema};
use emberlab_data::DataError;
use emberlab_training::{Error as TrainingError, train};

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print every mistake in a configuration, and what `train` would say about its data
    #[command(after_help = "Example:\n  emberlab config check configs/iris.toml")]
    Check(ConfigArgs),
    /// Print a configuration with its defaults and where each value came from, or the layers of its network
    #[command(
        after_help = "Examples:\n  emberlab config show configs/iris.toml --set training.epochs=10\n  emberlab config show configs/full/full-cnn.toml --layers"
    )]
    Show(ShowArgs),
    /// Say what a key means, its default and the allowed values
    #[command(
        after_help = "Examples:\n  emberlab config explain training.optimizer.momentum\n  emberlab config explain training.schedule"
    )]
    Explain {
        /// A key, as `training.epochs` or `epochs`, or a table, as `training.schedule`
        key: String,
    },
    /// Print the JSON schema of configurations, for editors
    #[command(after_help = "Example:\n  emberlab config schema > configs/schema.json")]
    Schema,
    /// Print the page of all keys, as Markdown
    #[command(after_help = "Example:\n  emberlab config docs > docs/configuration.md")]
    Docs,
}

#[derive(Args, Debug)]
pub struct ShowArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Print the layers of the network with the shapes of their outputs, parameters, multiply-adds and memory
    #[arg(long)]
    layers: bool,
    /// Print the layers as JSON
    #[arg(long, requires = "layers")]
    json: bool,
}

fn check(arguments: &ConfigArgs) -> Result<(), Error> {
    let config = arguments.load()?;
    match train::check(&config, &ProgressBars::new(), &|warning| print::warning(warning)) {
        // The data may be on another machine.
        Err(TrainingError::Data(missing @ DataError::Missing { .. })) => {
            print::warning(&format!(
                "{missing}, so only the keys were checked, not whether they fit the data"
            ));
        }
        Err(TrainingError::Device(error)) => {
            print::warning(&format!("{error}; the network was not made"));
        }
        checked => checked?,
    }
    print::text(&format!("{}: ok, run `{}`\n", arguments.path.display(), config.name))
}

pub fn run(command: &ConfigCommand) -> Result<(), Error> {
    match command {
        ConfigCommand::Check(arguments) => check(arguments),
        ConfigCommand::Show(arguments) => {
            let config = arguments.config.load()?;
            if arguments.layers {
                layers::run(&config, arguments.json)
            } else {
                print::text(&config.to_toml_with_origins())
            }
        }
        ConfigCommand::Explain { key } => match explain(key)? {
            Explanation::Known(text) => print::text(&text),
            Explanation::Unknown { nearest } => Err(UsageError::NoKey { key: key.clone(), nearest }.into()),
        },
        ConfigCommand::Schema => print::json(&schema()?),
        ConfigCommand::Docs => print::text(&docs()?),
    }
}
