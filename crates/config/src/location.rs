//! Where a value of the configuration was set.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a value was set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// The file as a whole.
    File,
    /// A place in a file.
    Place(Place),
    /// An argument of `--set`.
    Argument(String),
}

/// The text of a file that was read: the configuration, or one that it extends.
#[derive(Debug)]
pub struct SourceText {
    /// Its path.
    pub path: PathBuf,
    /// Its content.
    pub text: String,
}

/// A position in a file. Line and column are computed on demand, because most are never printed.
#[derive(Clone, Debug)]
pub struct Place {
    source: Arc<SourceText>,
    /// Offset in bytes.
    position: usize,
}

impl Place {
    pub(super) fn new(source: &Arc<SourceText>, position: usize) -> Self {
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

    /// The character within the line, from 1.
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
