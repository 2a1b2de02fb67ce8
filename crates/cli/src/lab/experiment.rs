//! The notebook's experiments, in its order.

use crate::error::{Error, UsageError};
use emberlab_config::{Config, ConfigError};
use std::path::{Path, PathBuf};

/// An experiment whose configuration is part of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Experiment {
    /// The name of its configuration and of its run.
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
                    text: include_str!(concat!("../../configs/", $name, ".toml")),
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
    MLP_TUNED = "cifar10-mlp-tuned",
    CNN_AUGMENTED = "cifar10-cnn-augmented",
}

impl Experiment {
    /// Its configuration, with the overrides whose keys it has, and that take no key of its own from it.
    ///
    /// # Errors
    ///
    /// [`Error::Training`].
    pub fn config(self, overrides: &[String]) -> Result<Config, Error> {
        let fitting: Vec<String> =
            overrides.iter().filter(|one| self.fitting(one).is_ok_and(|fits| fits)).cloned().collect();
        Ok(self.load(&fitting)?)
    }

    /// The configuration with a seed and a name that contains it.
    ///
    /// # Errors
    ///
    /// [`Error::Training`].
    pub fn with_seed(self, overrides: &[String], seed: u32) -> Result<Config, Error> {
        let own = [format!("seed={seed}"), format!("name=\"{}-seed-{seed}\"", self.name)];
        self.config(&[overrides, &own].concat())
    }

    /// Whether an override leaves the experiment all of its keys.
    fn fitting(self, one: &String) -> Result<bool, ConfigError> {
        Ok(self.load(std::slice::from_ref(one))?.left_out().is_empty())
    }

    fn load(self, overrides: &[String]) -> Result<Config, ConfigError> {
        Config::parse(&self.path(), self.text, overrides)
    }

    /// The path of its configuration in the repository.
    pub fn path(self) -> PathBuf {
        Path::new("configs/lab").join(self.name).with_extension("toml")
    }

    /// Whether its data are images.
    pub fn is_image(self) -> bool {
        self.name.starts_with("cifar10")
    }
}

/// Checks that each override fits at least one experiment.
///
/// # Errors
///
/// [`Error::Training`] for the first override that fits none; [`UsageError::LabNames`] for `name`, which the lab sets itself.
pub fn check_overrides(overrides: &[String]) -> Result<(), Error> {
    for one in overrides {
        if one.split_once('=').is_some_and(|(key, _)| key.trim() == "name") {
            return Err(UsageError::LabNames.into());
        }
        let mut failures = Vec::new();
        let mut fits = false;
        for experiment in Experiment::ALL {
            match experiment.fitting(one) {
                Ok(fitting) => fits |= fitting,
                Err(error) => failures.push(error),
            }
        }
        if let (false, Some(error)) = (fits, failures.pop()) {
            return Err(error.into());
        }
    }
    Ok(())
}
