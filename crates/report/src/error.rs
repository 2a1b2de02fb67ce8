//! Errors about pictures and pages.

use emberlab_config::ConfigError;
use emberlab_run::Error as RunError;
use image::ImageError;

/// An error about a picture, a page, or the run that they show.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The run's configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The run's directory or one of its files.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A picture that cannot be drawn.
    #[error("the picture cannot be drawn: {0}")]
    Picture(PictureProblem),
}

/// Why a picture cannot be drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PictureProblem {
    /// There is no point to draw.
    #[error("no run has recorded anything yet")]
    NoPoints,
    /// The font is not readable.
    #[error("its letters cannot be read")]
    Font,
    /// There are fewer pixels than the size of an image needs.
    #[error("an image has another size than was asked for")]
    ImageSize,
    /// An image cannot be encoded.
    #[error("{0}")]
    Encode(ImageError),
    /// Drawing failed, with the reason.
    #[error("{0}")]
    Drawing(String),
}

impl From<PictureProblem> for Error {
    fn from(problem: PictureProblem) -> Self {
        Self::Picture(problem)
    }
}

impl From<ImageError> for Error {
    fn from(error: ImageError) -> Self {
        Self::Picture(PictureProblem::Encode(error))
    }
}
