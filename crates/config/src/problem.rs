//! What is wrong with a configuration, and where.

use super::location::Location;
use emberlab_data::text::{MAX_ITEMS, on_one_line, shown, thousands};
use std::fmt;
use std::path::{Path, PathBuf};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it is.
    pub location: Location,
    /// What it is.
    pub kind: ProblemKind,
}

/// What is wrong. Keys are dotted paths, as `training.epochs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// No table declares the key.
    UnknownKey {
        /// The key.
        key: String,
        /// The declared key that it probably stands for.
        nearest: Option<&'static str>,
        /// All keys of its table.
        known: Vec<&'static str>,
    },
    /// A required key is left out.
    MissingKey {
        /// The key.
        key: String,
        /// The allowed values, in words.
        allowed: String,
    },
    /// A value of the wrong type or out of range.
    InvalidValue {
        /// The key.
        key: String,
        /// The value as a message shows it.
        value: String,
        /// The allowed values, in words.
        allowed: String,
        /// What the user probably meant; empty, or the end of the sentence from its `;` on.
        hint: String,
    },
    /// A value that contradicts another key or the data.
    InvalidUse {
        /// The key.
        key: String,
        /// The end of the sentence that begins with the key.
        reason: String,
    },
    /// A key that has no meaning beside the value of another key, or a value that it cannot have there.
    Meaningless {
        /// The key.
        key: String,
        /// The end of the sentence that begins with the key.
        reason: String,
    },
    /// The file or an argument of `--set` cannot be read or parsed.
    Unreadable(String),
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey { key, nearest: Some(nearest), .. } => {
                write!(f, "unknown key `{key}`, did you mean `{nearest}`?")
            }
            Self::UnknownKey { key, nearest: None, known } => {
                write!(f, "unknown key `{key}`, known here: `{}`", known.join("`, `"))
            }
            Self::MissingKey { key, allowed } => write!(f, "`{key}` is missing, must be {allowed}"),
            Self::InvalidValue { key, value, allowed, hint } => {
                write!(f, "`{key}` is {value}, must be {allowed}{hint}")
            }
            Self::InvalidUse { key, reason } | Self::Meaningless { key, reason } => {
                write!(f, "`{key}` {reason}")
            }
            Self::Unreadable(reason) => f.write_str(reason),
        }
    }
}

/// Everything that is wrong with a configuration, in the order of the file, one line each:
/// `file:line:column: what is wrong`. The first ten are printed, then the number of the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    path: PathBuf,
    problems: Vec<Problem>,
}

impl ConfigError {
    pub(super) fn new(path: &Path, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_cached_key(|problem| (problem.location.clone(), problem.kind.to_string()));
        problems.dedup();
        Self { path: path.to_owned(), problems }
    }

    /// An error about the file as a whole.
    pub(super) fn of_file(path: &Path, reason: String) -> Self {
        let kind = ProblemKind::Unreadable(reason);
        Self { path: path.to_owned(), problems: vec![Problem { location: Location::File, kind }] }
    }

    /// The problems, in the order of the file.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = |path: &Path| on_one_line(&path.to_string_lossy()).into_owned();
        for (index, Problem { location, kind }) in self.problems.iter().take(MAX_ITEMS).enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            let message = kind.to_string();
            let message = on_one_line(&message);
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
