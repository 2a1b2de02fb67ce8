//! Errors of the exercises.

use emberlab_run::Error as RunError;
use std::io;
use std::path::PathBuf;

/// An error about exercises.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A student's ID.
    #[error("the student ID `{0}` cannot be used, must be {rule}", rule = emberlab_config::NAME_RULE)]
    Student(String),
    /// A folder of exercises that is already there.
    #[error("`{}` exists; it may hold a student's work and is left alone", .0.display())]
    Exists(PathBuf),
    /// A folder that no exercises were written to.
    #[error("`{}` holds no exercises: it has no `{}`", folder.display(), crate::student::STUDENT_FILE)]
    NoExercises {
        /// The folder.
        folder: PathBuf,
    },
    /// A folder of which no folder inside holds exercises.
    #[error("no folder in `{}` holds exercises", .0.display())]
    NobodyHandedIn(PathBuf),
    /// A file that cannot be read.
    #[error("cannot read `{}`: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: io::Error,
    },
    /// A file whose content cannot be used.
    #[error("`{}` {problem}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// The end of a sentence about it.
        problem: String,
    },
    /// A program that students' code needs.
    #[error("{what}; {remedy}")]
    Tool {
        /// What is missing.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// A process that cannot be started or watched.
    #[error("cannot run `{command}`: {reason}")]
    Process {
        /// The command.
        command: String,
        /// Why not.
        reason: io::Error,
    },
    /// The user stopped the work.
    #[error("interrupted")]
    Interrupted,
    /// Data of a question.
    #[error(transparent)]
    Data(#[from] emberlab_data::DataError),
    /// A configuration of an exercise.
    #[error(transparent)]
    Config(#[from] emberlab_config::ConfigError),
    /// A file that cannot be written.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A page.
    #[error(transparent)]
    Report(#[from] emberlab_report::Error),
}

impl Error {
    /// A failure to read `path`.
    pub fn read(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |reason| Self::Read { path, reason }
    }

    /// A failure to write `path`.
    pub fn write(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let failed = RunError::write(path);
        move |reason| failed(reason).into()
    }

    /// Content of `path` that cannot be used.
    pub fn content(path: impl Into<PathBuf>, problem: impl Into<String>) -> Self {
        Self::Content { path: path.into(), problem: problem.into() }
    }
}
