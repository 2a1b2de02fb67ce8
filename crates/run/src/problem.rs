//! What can be wrong with a file of a run, by kind. Each message is the end of a sentence that begins with the path.

use std::fmt;
use std::io;

/// A problem of a file or folder of a run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileProblem {
    /// It does not exist.
    #[error("does not exist")]
    Missing,
    /// The operating system does not read it.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    /// It has more bytes than its format allows.
    #[error("is larger than {limit} bytes")]
    TooLarge {
        /// The most bytes that are read.
        limit: u64,
    },
    /// Its content is not what its format says.
    #[error("is damaged{0}")]
    Damaged(Damage),
    /// It does not fit another file or the model. The text names that, perhaps with a reason.
    #[error("does not fit {0}")]
    DoesNotFit(String),
    /// Any other problem, as the end of a sentence.
    #[error("{0}")]
    Other(String),
}

/// The place and the cause of damage in a file.
#[derive(Debug)]
#[non_exhaustive]
pub enum Damage {
    /// The first line is not the header of the format.
    Header {
        /// The header.
        expected: &'static str,
    },
    /// A line does not hold the values of a row.
    Line(u64),
    /// A file that is not CSV, or a row with other types than its columns.
    Csv(csv::Error),
    /// A file that is not JSON, or an object with other keys or types than a record.
    Json(serde_json::Error),
    /// A value that is not allowed.
    Value {
        /// Its key.
        key: &'static str,
        /// The value, cut where it is long.
        value: String,
        /// The values that are allowed.
        rule: &'static str,
    },
    /// The bins of the histogram of an update, counted from 1.
    Histogram {
        /// The update.
        iteration: usize,
    },
}

impl fmt::Display for Damage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header { expected } => write!(formatter, " in line 1, must be `{expected}`"),
            Self::Line(line) => write!(formatter, " in line {line}"),
            Self::Csv(error) => write!(formatter, ": {error}"),
            Self::Json(error) => write!(formatter, ": {error}"),
            Self::Value { key, value, rule } => write!(formatter, ": `{key}` is \"{value}\", must be {rule}"),
            Self::Histogram { iteration } => write!(formatter, ": the histogram of update {iteration}"),
        }
    }
}

impl From<io::Error> for FileProblem {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::Missing } else { Self::Unreadable(error) }
    }
}

impl From<Damage> for FileProblem {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage)
    }
}

impl From<csv::Error> for FileProblem {
    fn from(error: csv::Error) -> Self {
        Self::Damaged(Damage::Csv(error))
    }
}

impl From<serde_json::Error> for FileProblem {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged(Damage::Json(error))
    }
}

impl From<String> for FileProblem {
    fn from(reason: String) -> Self {
        Self::Other(reason)
    }
}

impl From<&str> for FileProblem {
    fn from(reason: &str) -> Self {
        Self::Other(reason.to_owned())
    }
}
