//! `emberlab config`.

mod layer_report;
mod layer_table;
mod layers;

use super::config_args::ConfigArgs;
use crate::error::Error;
use crate::output::print;
use clap::{Args, Subcommand};
use emberlab_config::{docs, schema};

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print every mistake in a configuration
    #[command(after_help = "Example:\n  emberlab config check configs/iris.toml")]
    Check(ConfigArgs),
    /// Print a configuration with its defaults and where each value came from, or the layers of its network
    #[command(
        after_help = "Examples:\n  emberlab config show configs/iris.toml --set training.epochs=10\n  emberlab config show configs/full/full-cnn.toml --layers"
    )]
    Show(ShowArgs),
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

pub fn run(command: &ConfigCommand) -> Result<(), Error> {
    match command {
        ConfigCommand::Check(arguments) => {
            let config = arguments.load()?;
            print::text(&format!("{}: ok, run `{}`\n", arguments.path.display(), config.name))
        }
        ConfigCommand::Show(arguments) => {
            let config = arguments.config.load()?;
            if arguments.layers {
                layers::run(&config, arguments.json)
            } else {
                print::text(&config.to_toml_with_origins())
            }
        }
        ConfigCommand::Schema => print::json(&schema()?),
        ConfigCommand::Docs => print::text(&docs()?),
    }
}
