//! The notebook's experiments, in its order.

use crate::error::{Error, UsageError};
use emberlab_config::{Config, ConfigError};
use std::path::{Path, PathBuf};

/// An experiment whose configuration is part of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Experiment {
    /// Its name, which is that of its configuration and of its run.
    pub name: &'static str,
    /// Its configuration, with a comment on every line.
    pub text: &'static str,
}

macro_rules! experiments {
    ($($constant:ident = $name:literal),* $(,)?) => {
        impl Experiment {
            $(
                #[doc = concat!("`configs/lab/", $name, ".toml`.")]
                pub const $constant: Self = Self {
                    name: $name,
                    text: include_str!(concat!("../../../../configs/lab/", $name, ".toml")),
                };
            )*
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$constant),*];
        }
    };
}

experiments! {
    SOFTMAX = "synthetic-softmax",
    SOFTMAX_SGD = "synthetic-softmax-sgd",
    BINARY = "synthetic-binary",
    BINARY_SGD = "synthetic-binary-sgd",
    LINEAR = "cifar10-linear",
    LINEAR_MANUAL = "cifar10-linear-manual",
    MLP = "cifar10-mlp",
    MLP_MANUAL = "cifar10-mlp-manual",
}

impl Experiment {
    /// Its configuration with the overrides that it has keys for.
    ///
    /// # Errors
    ///
    /// [`Error::Config`].
    pub fn config(self, overrides: &[String]) -> Result<Config, Error> {
        let fitting: Vec<String> =
            overrides.iter().filter(|one| self.load(std::slice::from_ref(one)).is_ok()).cloned().collect();
        Ok(self.load(&fitting)?)
    }

    /// The same under another name and seed.
    ///
    /// # Errors
    ///
    /// [`Error::Config`].
    pub fn with_seed(self, overrides: &[String], seed: u32) -> Result<Config, Error> {
        let own = [format!("seed={seed}"), format!("name=\"{}-seed-{seed}\"", self.name)];
        self.config(&[overrides, &own].concat())
    }

    fn load(self, overrides: &[String]) -> Result<Config, ConfigError> {
        Config::parse(&self.path(), self.text, overrides)
    }

    /// Where its configuration is in the source.
    pub fn path(self) -> PathBuf {
        Path::new("configs/lab").join(self.name).with_extension("toml")
    }

    /// Whether it is about images.
    pub fn is_image(self) -> bool {
        self.name.starts_with("cifar10")
    }
}

/// Whether each override fits at least one experiment.
///
/// # Errors
///
/// [`Error::Config`] for the first that fits none; [`UsageError::LabNames`] for the names of the runs, which are the lab's.
pub fn check_overrides(overrides: &[String]) -> Result<(), Error> {
    for one in overrides {
        if one.split_once('=').is_some_and(|(key, _)| key.trim() == "name") {
            return Err(UsageError::LabNames.into());
        }
        let loads = Experiment::ALL.iter().map(|experiment| experiment.load(std::slice::from_ref(one)));
        let mut failures = Vec::new();
        let mut fits = false;
        for loaded in loads {
            match loaded {
                Ok(_) => fits = true,
                Err(error) => failures.push(error),
            }
        }
        if let (false, Some(error)) = (fits, failures.pop()) {
            return Err(error.into());
        }
    }
    Ok(())
}
