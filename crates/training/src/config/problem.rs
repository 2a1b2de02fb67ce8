//! What is wrong with a configuration, and where.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Location {
    /// In the file, but no line is to blame.
    File,
    /// A place in a file.
    Place(Place),
    /// An argument of `--set`.
    Argument(String),
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The file: the configuration, or one that it extends.
    pub path: Arc<Path>,
    /// The line, from 1.
    pub line: usize,
    /// The letter of the line, from 1.
    pub column: usize,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    pub location: Location,
    pub message: String,
}

/// Everything that is wrong with a configuration, in the order of the file, a line each:
/// `file:line:column: what is wrong`.
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
                Location::Place(Place { path, line, column }) => {
                    write!(f, "{}:{line}:{column}: {message}", path.display())?;
                }
                Location::Argument(argument) => write!(f, "--set {argument}: {message}")?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
