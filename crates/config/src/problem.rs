//! What is wrong with a configuration, and where.

use emberlab_data::text::{MAX_ITEMS, on_one_line, shown, thousands};
use std::cmp::Ordering;
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

/// A file that was read: the configuration, or one that it extends.
#[derive(Debug)]
pub(crate) struct SourceText {
    /// Where it is.
    pub path: PathBuf,
    /// All of it.
    pub text: String,
}

/// A place in a file. Line and column are counted only when they are asked for, as most places never are.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    source: Arc<SourceText>,
    /// Bytes before it.
    position: usize,
}

impl Place {
    pub fn new(source: &Arc<SourceText>, position: usize) -> Self {
        Self { source: Arc::clone(source), position }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.source.path
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        1 + self.before().matches('\n').count()
    }

    /// The letter of the line, from 1.
    pub fn column(&self) -> usize {
        1 + self.before().rsplit('\n').next().map_or(0, |start| start.chars().count())
    }

    fn before(&self) -> &str {
        self.source.text.get(..self.position).unwrap_or(&self.source.text)
    }

    fn order(&self) -> (&Path, usize) {
        (&self.source.path, self.position)
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}

impl Eq for Place {}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    pub location: Location,
    pub message: String,
}

/// Everything that is wrong with a configuration, in the order of the file, a line each:
/// `file:line:column: what is wrong`. Ten are told, of more the number.
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
        let path = |path: &Path| on_one_line(&path.to_string_lossy()).into_owned();
        for (index, Problem { location, message }) in self.problems.iter().take(MAX_ITEMS).enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            let message = on_one_line(message);
            match location {
                Location::File => write!(f, "{}: {message}", path(&self.path))?,
                Location::Place(place) => {
                    write!(f, "{}:{}:{}: {message}", path(place.path()), place.line(), place.column())?;
                }
                Location::Argument(argument) => {
                    write!(f, "--set {}: {message}", shown(&on_one_line(argument)))?;
                }
            }
        }
        match self.problems.len().saturating_sub(MAX_ITEMS) {
            0 => Ok(()),
            more => write!(f, "\n{}: and {} more", path(&self.path), thousands(more)),
        }
    }
}

impl std::error::Error for ConfigError {}
