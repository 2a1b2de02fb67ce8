//! From `[data]` to samples in memory.

use crate::config::{Config, Source};
use crate::error::Error;
use emberlab_data::cifar10::Cifar10;
use emberlab_data::{DataError, Normalizer, RandomState, Splits};

/// The samples of a configuration, and what makes inputs of them.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The parts.
    pub splits: Splits,
    /// With the numbers of the training part.
    pub normalizer: Normalizer,
}

/// Draws or reads the samples of a configuration.
///
/// # Errors
///
/// [`Error::Data`] for what is missing or damaged; [`Error::Config`] when the configuration asks for
/// more than there is.
pub fn load(config: &Config) -> Result<Loaded, Error> {
    let data = &config.data;
    let splits = match &data.source {
        Source::Synthetic(synthetic) => synthetic.load(data.seed, data.split_seed),
        Source::Cifar10 { directory, subsample } => Cifar10::open(directory)
            .and_then(|set| subsample.draw(set.train()?, set.test()?, &mut RandomState::new(data.seed))),
    };
    let splits = splits.and_then(|splits| match data.validation {
        Some(validation) => splits.with_validation(validation, data.split_seed),
        None => Ok(splits),
    });
    let splits = splits.map_err(|error| match error {
        DataError::Parameter(error) => Error::from(config.parameter_error("data", &error)),
        error => error.into(),
    })?;
    let normalizer = Normalizer::fit(data.normalize, &splits.train.samples.features);
    Ok(Loaded { splits, normalizer })
}
