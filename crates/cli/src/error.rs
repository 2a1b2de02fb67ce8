//! The errors that end the program, and their exit codes.

mod system;
mod usage;

pub use system::SystemError;
pub use usage::{DataChange, UsageError};

use crate::mlflow::MlflowError;
use emberlab_config::ConfigError;
use emberlab_data::text::{MAX_ITEMS, listed, on_one_line, thousands};
use emberlab_data::{DataError, PublishedSet};
use emberlab_exercises::Error as ExercisesError;
use emberlab_report::Error as ReportError;
use emberlab_run::{Error as RunError, FileProblem};
use emberlab_training::Error as TrainingError;
use emberlab_training::devices::{DeviceError, Problem};
use std::error::Error as StdError;
use std::io;
use std::path::{Path, PathBuf};

/// An error that ends the program. Its report says what to do next.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Training, or using a trained run.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// A picture or a page.
    #[error(transparent)]
    Report(ReportError),
    /// An argument that cannot work.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// A resource that the operating system refuses.
    #[error(transparent)]
    System(#[from] SystemError),
    /// A problem that keeps this build from training.
    #[error("{}; mend it with `{}`", .0.what, .0.mend)]
    NotReady(Problem),
    /// A result that cannot be encoded.
    #[error("cannot encode the result: {0}")]
    Encode(Box<dyn StdError + Send + Sync>),
    /// A configuration of this program that it does not read itself.
    #[error("{0}")]
    Settings(String),
    /// The published losses that are part of the program, which are damaged.
    #[error("`published.csv` {0}")]
    Published(String),
    /// Exercises: a folder, students' code, or the pages.
    #[error(transparent)]
    Exercises(#[from] ExercisesError),
    /// An MLflow server.
    #[error(transparent)]
    Mlflow(#[from] MlflowError),
    /// Exercises that are not all right.
    #[error("{left} of {of} functions and answers are not right yet")]
    Unsolved {
        /// Those that are wrong or open.
        left: usize,
        /// All.
        of: usize,
    },
    /// Gradients that differ.
    #[error("the gradients of {} do not agree", listed(.0.iter().map(|name| format!("`{name}`"))))]
    Gradcheck(Vec<String>),
    /// Runs of a sweep that failed, each with its reason.
    #[error("{}", sweep_failures(.0))]
    Sweep(Vec<String>),
    /// The user stopped the sweep.
    #[error("stopped, as asked; the same command goes on with what is left")]
    SweepInterrupted,
    /// The user stopped a cross-validation between two folds.
    #[error("stopped, as asked; go on with `--resume`")]
    FoldsInterrupted,
    /// The user stopped the search for a learning rate.
    #[error("stopped, as asked; the same command begins again")]
    FindRateInterrupted,
    /// The user stopped the lab.
    #[error("stopped, as asked; the same command begins again")]
    LabInterrupted,
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Training(error.into())
    }
}

impl From<DataError> for Error {
    fn from(error: DataError) -> Self {
        Self::Training(error.into())
    }
}

impl From<DeviceError> for Error {
    fn from(error: DeviceError) -> Self {
        Self::Training(error.into())
    }
}

impl From<RunError> for Error {
    fn from(error: RunError) -> Self {
        Self::Training(error.into())
    }
}

impl From<ReportError> for Error {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Config(error) => error.into(),
            ReportError::Run(error) => error.into(),
            error => Self::Report(error),
        }
    }
}

impl Error {
    /// A failure to write `path`.
    pub fn write(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let failed = RunError::write(path);
        move |reason| failed(reason).into()
    }

    /// A file whose content cannot be used; a `String` is the end of a sentence about it.
    pub fn artifact(path: impl Into<PathBuf>, problem: impl Into<FileProblem>) -> Self {
        RunError::artifact(path, problem).into()
    }

    /// The exit code of the program.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Training(error) => training_exit_code(error),
            Self::Usage(_) => 2,
            Self::Report(_) | Self::Encode(_) | Self::Settings(_) | Self::Published(_) => 4,
            Self::Gradcheck(_) | Self::Sweep(_) | Self::Unsolved { .. } => 4,
            Self::Exercises(error) => exercises_exit_code(error),
            Self::Mlflow(MlflowError::Address(_)) => 2,
            Self::Mlflow(_) => 5,
            Self::System(_) | Self::NotReady(_) => 5,
            Self::FindRateInterrupted
            | Self::SweepInterrupted
            | Self::FoldsInterrupted
            | Self::LabInterrupted => INTERRUPTED,
        }
    }

    /// The missing file, where the error is about one.
    fn missing(&self) -> Option<&Path> {
        match self {
            Self::Training(TrainingError::Data(DataError::Missing { path })) => Some(path),
            Self::Training(TrainingError::Run(RunError::Artifact {
                path,
                problem: FileProblem::Missing,
            })) => Some(path),
            _ => None,
        }
    }

    /// Whether the message has a line for each problem; in other messages a line break is part of a value.
    fn has_lines(&self) -> bool {
        matches!(
            self,
            Self::Sweep(_)
                | Self::Training(TrainingError::Config(_) | TrainingError::Data(DataError::BadImages(_)))
        )
    }

    /// The text to print: one cause per line, then what to do.
    pub fn report(&self) -> String {
        let message = self.to_string();
        let mut lines: Vec<String> = if self.has_lines() {
            message.lines().map(|line| format!("error: {line}")).collect()
        } else {
            vec![format!("error: {}", on_one_line(&message))]
        };
        if let Some(place) = self.missing().and_then(looked_for) {
            lines[0] += &place;
        }
        let mut cause = self.source();
        while let Some(error) = cause {
            lines.push(format!("caused by: {}", on_one_line(&error.to_string())));
            cause = error.source();
        }
        let set = self
            .missing()
            .and_then(|path| path.iter().find_map(|part| part.to_str().and_then(PublishedSet::of_folder)));
        lines.extend(set.map(get_the_data));
        lines.join("\n")
    }
}

/// Says where a relative path was looked for; returns `None` for an absolute one.
fn looked_for(path: &Path) -> Option<String> {
    let folder = std::env::current_dir().ok().filter(|_| path.is_relative())?;
    Some(format!("; a relative path starts from the current folder, `{}`", folder.display()))
}

/// A line for each run that failed, for at most ten.
fn sweep_failures(failures: &[String]) -> String {
    let mut lines: Vec<String> =
        failures.iter().take(MAX_ITEMS).map(|failure| on_one_line(failure).into_owned()).collect();
    let more = failures.len().saturating_sub(MAX_ITEMS);
    if more > 0 {
        lines.push(format!("and {} more runs", thousands(more)));
    }
    lines.join("\n")
}

/// The exit code of an interrupted program.
pub const INTERRUPTED: u8 = 130;

/// The exit code of a training that ended with an error.
fn training_exit_code(error: &TrainingError) -> u8 {
    match error {
        TrainingError::Config(_) | TrainingError::Resume { .. } | TrainingError::Schedule(_) => 2,
        TrainingError::Memory { .. } | TrainingError::Device(DeviceError::CannotServe) => 2,
        TrainingError::Data(DataError::Parameter(_)) => 2,
        TrainingError::Data(_) => 3,
        TrainingError::Run(RunError::Artifact { .. }) => 3,
        TrainingError::Run(RunError::Write { .. }) => 4,
        TrainingError::Run(_) => 2,
        TrainingError::Device(_) => 5,
        TrainingError::Host(error) if error.is::<SystemError>() => 5,
        TrainingError::Interrupted(_) | TrainingError::LoadInterrupted => INTERRUPTED,
        // Whatever else ends a training.
        _ => 4,
    }
}

/// The exit code of exercises that cannot be written or checked.
fn exercises_exit_code(error: &ExercisesError) -> u8 {
    match error {
        ExercisesError::Student(_) | ExercisesError::Exists(_) | ExercisesError::Config(_) => 2,
        ExercisesError::NoExercises { .. } | ExercisesError::NobodyHandedIn(_) => 2,
        ExercisesError::Read { .. } | ExercisesError::Content { .. } | ExercisesError::Data(_) => 3,
        ExercisesError::Tool { .. } | ExercisesError::Process { .. } => 5,
        ExercisesError::Interrupted => INTERRUPTED,
        _ => 4,
    }
}

/// How to get a published set whose files are missing.
fn get_the_data(set: PublishedSet) -> String {
    let (title, folder) = (set.title(), set.folder());
    format!(
        "to get {title}, run `emberlab data fetch CONFIG` with this configuration; where it is elsewhere already, set
`data.directory` to the folder that holds `{folder}/`"
    )
}
