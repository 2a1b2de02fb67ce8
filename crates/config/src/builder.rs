//! A configuration from values of a program, without a file.

use super::document::Document;
use super::problem::ConfigError;
use super::{Changes, Config};
use std::path::Path;

/// The name of the place in messages, where a file would have its path.
const PLACE: &str = "the program's configuration";

/// The values of a configuration, each under the dotted path of its key.
#[derive(Clone, Debug)]
pub struct ConfigBuilder {
    values: Vec<String>,
}

impl Config {
    /// The values of a run, from a program. The keys and their rules are those of the file.
    ///
    /// ```
    /// use emberlab_config::Config;
    ///
    /// let plane = Config::builder("plane")
    ///     .set("data.source", "synthetic")
    ///     .set("model.kind", "mlp")
    ///     .set("model.hidden", vec![8])
    ///     .set("training.epochs", 20)
    ///     .set("training.optimizer.learning_rate", 0.1);
    /// assert_eq!(plane.clone().build()?.training.epochs, 20);
    ///
    /// let error = plane.set("training.epochs", 0).build().unwrap_err();
    /// assert!(error.to_string().contains("`training.epochs` is 0, must be a whole number from 1"));
    /// # Ok::<(), emberlab_config::ConfigError>(())
    /// ```
    pub fn builder(name: impl Into<String>) -> ConfigBuilder {
        ConfigBuilder { values: Vec::new() }.set("name", name.into())
    }
}

impl ConfigBuilder {
    /// The same values with one more, or with another one of a key that is set.
    pub fn set(mut self, key: &str, value: impl Into<toml::Value>) -> Self {
        self.values.push(format!("{key}={}", value.into()));
        self
    }

    /// The checked configuration.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, at once.
    pub fn build(&self) -> Result<Config, ConfigError> {
        Config::check(Document::parse(Path::new(PLACE), "", Changes::set(&self.values))?)
    }
}
