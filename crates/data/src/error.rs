//! The errors of this crate.

use crate::bad_image::{self, BadImage};
use crate::problem::{DownloadProblem, Problem};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// An error of this crate. Each message names the thing, the value and what is allowed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// An empty range of integers.
    #[error("no integer lies in `{low}..{high}`")]
    EmptyRange {
        /// The first integer allowed.
        low: i64,
        /// The first integer above those allowed.
        high: i64,
    },
    /// More samples requested than there are.
    #[error("cannot draw {size} samples from {population}")]
    SampleTooLarge {
        /// How many were requested.
        size: usize,
        /// How many there are.
        population: usize,
    },
    /// A parameter outside its range, or one that contradicts another.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// A path that does not exist.
    #[error("`{}` does not exist", path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// A file that exists and cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A file that cannot be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A file that could not be downloaded.
    #[error("cannot fetch `{url}`: {problem}")]
    Download {
        /// Its address.
        url: String,
        /// Why the download failed.
        problem: DownloadProblem,
    },
    /// A folder that another process is fetching into.
    #[error("another process is fetching into `{}`; wait until it is done", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// Images that cannot be read.
    #[error("{}", bad_image::report(.0))]
    BadImages(Vec<BadImage>),
    /// A file or folder whose content is not what its format demands.
    #[error("`{}` {problem}", path.display())]
    Corrupt {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        problem: Problem,
    },
}

impl DataError {
    /// What is wrong, without the path where the error has one: the end of a sentence that begins with the path.
    pub fn without_path(&self) -> String {
        match self {
            Self::Corrupt { problem, .. } => problem.to_string(),
            Self::Missing { .. } => "does not exist".to_owned(),
            Self::Read { source, .. } => format!("cannot be read: {source}"),
            other => other.to_string(),
        }
    }

    pub(crate) fn corrupt(path: &Path, problem: impl Into<Problem>) -> Self {
        Self::Corrupt { path: path.to_owned(), problem: problem.into() }
    }

    /// [`DataError::Missing`] for a path that does not exist, [`DataError::Read`] for other errors.
    pub(crate) fn open(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| match source.kind() {
            ErrorKind::NotFound => Self::Missing { path: path.to_owned() },
            _ => Self::Read { path: path.to_owned(), source },
        }
    }

    pub(crate) fn read(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::Read { path: path.to_owned(), source }
    }

    pub(crate) fn write(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::Write { path: path.to_owned(), source }
    }
}

/// A parameter outside its range, or one that contradicts another.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("`{name}` is {value}, must be {allowed}")]
pub struct ParameterError {
    /// The parameter's name, as scikit-learn and the configuration file spell it.
    pub name: &'static str,
    /// The value given.
    pub value: String,
    /// What is allowed.
    pub allowed: String,
}

impl ParameterError {
    /// An error for one parameter.
    pub fn new(name: &'static str, value: impl ToString, allowed: impl Into<String>) -> Self {
        Self { name, value: value.to_string(), allowed: allowed.into() }
    }
}
