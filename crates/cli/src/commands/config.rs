//! `emberlab config`.

use super::config_args::ConfigArgs;
use crate::error::Error;
use crate::output::print;
use clap::Subcommand;
use emberlab_config::{docs, schema};

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print every mistake in a configuration
    #[command(after_help = "Example:\n  emberlab config check configs/iris.toml")]
    Check(ConfigArgs),
    /// Print a configuration with its defaults, and where each value came from
    #[command(after_help = "Example:\n  emberlab config show configs/iris.toml --set training.epochs=10")]
    Show(ConfigArgs),
    /// Print the JSON schema of configurations, for editors
    #[command(after_help = "Example:\n  emberlab config schema > configs/schema.json")]
    Schema,
    /// Print the page of all keys, as Markdown
    #[command(after_help = "Example:\n  emberlab config docs > docs/configuration.md")]
    Docs,
}

pub fn run(command: &ConfigCommand) -> Result<(), Error> {
    match command {
        ConfigCommand::Check(arguments) => {
            let config = arguments.load()?;
            print::text(&format!("{}: ok, run `{}`\n", arguments.path.display(), config.name))
        }
        ConfigCommand::Show(arguments) => print::text(&arguments.load()?.to_toml_with_origins()),
        ConfigCommand::Schema => print::json(&schema()?),
        ConfigCommand::Docs => print::text(&docs()?),
    }
}
