//! What can go wrong with a picture or a page.

use emberlab_config::ConfigError;
use emberlab_run::Error as RunError;

/// An error about a picture, a page, or the run that they show.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The run's configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The run's directory, or a file of it.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A picture that cannot be drawn.
    #[error("the picture cannot be drawn: {0}")]
    Picture(String),
}
