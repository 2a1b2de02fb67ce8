//! What is wrong with a configuration, and where.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Location {
    /// In the file, but no line is to blame.
    File,
    /// A line of the file, from 1.
    Line(usize),
    /// An argument of `--set`.
    Argument(String),
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    pub location: Location,
    pub message: String,
}

/// Everything that is wrong with a configuration, in the order of the file, a line each:
/// `file:line: what is wrong`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    path: PathBuf,
    problems: Vec<Problem>,
}

impl ConfigError {
    pub(crate) fn new(path: &Path, mut problems: Vec<Problem>) -> Self {
        problems.sort();
        problems.dedup();
        Self { path: path.to_owned(), problems }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        for (index, Problem { location, message }) in self.problems.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            match location {
                Location::File => write!(f, "{path}: {message}")?,
                Location::Line(line) => write!(f, "{path}:{line}: {message}")?,
                Location::Argument(argument) => write!(f, "--set {argument}: {message}")?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
