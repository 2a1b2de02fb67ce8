//! From `[data]` to samples in memory.

use crate::config::{Config, Source};
use crate::error::Error;
use emberlab_data::cifar10::Cifar10;
use emberlab_data::{DataError, RandomState, Splits};

/// Draws or reads the samples of a configuration.
///
/// # Errors
///
/// [`Error::Data`] for what is missing or damaged; [`Error::Config`] when the configuration asks for
/// more than there is.
pub fn load(config: &Config) -> Result<Splits, Error> {
    let data = &config.data;
    let splits = match &data.source {
        Source::Synthetic(synthetic) => synthetic.load(data.seed, data.split_seed),
        Source::Cifar10 { directory, subsample } => {
            Cifar10::open(directory).and_then(|set| subsample.load(&set, &mut RandomState::new(data.seed)))
        }
    };
    splits.map_err(|error| match error {
        DataError::Parameter(error) => config.parameter_error("data", &error).into(),
        error => error.into(),
    })
}
