//! Arguments that several commands share.

use clap::Args;
use emberlab_config::{Changes, Config, ConfigError};
use std::path::PathBuf;

/// A configuration file and the keys that the command line changes.
#[derive(Args, Clone, Debug)]
pub struct ConfigArgs {
    /// The configuration file
    #[arg(value_name = "CONFIG")]
    pub path: PathBuf,
    /// Set a key of the configuration, as in `--set training.epochs=10`; may be repeated
    #[arg(long = "set", value_name = "KEY.PATH=VALUE")]
    pub set: Vec<String>,
    /// Remove a key of the configuration, as in `--unset training.early_stopping`; may be repeated
    #[arg(long, value_name = "KEY.PATH")]
    pub unset: Vec<String>,
}

impl ConfigArgs {
    pub fn load(&self) -> Result<Config, ConfigError> {
        Config::load_changed(&self.path, Changes { set: &self.set, unset: &self.unset })
    }
}

/// Parses a whole number from 1.
pub fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("must be a whole number from 1".to_owned()),
        Ok(count) => Ok(count),
    }
}
