//! The summary of a run, for tables.

use crate::directory::{RunDir, file};
use crate::error::Error;
use crate::leftovers;
use crate::problem::Damage;
use crate::record::{Metrics, Outcome, RunRecord, Seconds};
use emberlab_config::{NAME_RULE, is_plain_name};
use emberlab_data::text::shown;
use serde::Serialize;
use std::fs;
use std::path::Path;

/// The part of `run.json` that runs are compared by.
#[derive(Clone, Debug, Serialize)]
pub struct RunSummary {
    /// The run's name.
    pub name: String,
    /// How it ended.
    pub outcome: Outcome,
    /// When its process started, as RFC 3339 writes it, in UTC; earlier versions did not record it.
    pub started: Option<String>,
    /// Whether a process works on it.
    pub busy: bool,
    /// Updates made.
    pub updates: usize,
    /// Final scores.
    pub metrics: Metrics,
    /// Seconds of each phase.
    pub seconds: Seconds,
    /// The layers that were trained.
    pub model: String,
    /// The data.
    pub data: DataSummary,
}

/// The part of a run's data record that tells whether another run used the same data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DataSummary {
    /// The SHA-256 of all parts.
    pub sha256: String,
    /// Samples of the test part.
    pub n_test: usize,
}

impl RunSummary {
    /// The summary of a run.
    ///
    /// # Errors
    ///
    /// [`Error::Artifact`] when its `run.json` cannot be read.
    pub fn read(run: &RunDir) -> Result<Self, Error> {
        // In this order: a run that is no longer busy has written how it ended.
        let busy = run.is_busy();
        let record = RunRecord::read(run.path())?;
        if !is_plain_name(&record.name) {
            let value = shown(&record.name).into_owned();
            let damage = Damage::Value { key: "name", value, rule: NAME_RULE };
            return Err(Error::artifact(run.file(file::RECORD), damage));
        }
        let outcome = match record.outcome {
            Outcome::Running if !busy => Outcome::Killed,
            outcome => outcome,
        };
        Ok(Self {
            name: record.name,
            outcome,
            started: record.started,
            busy,
            updates: record.updates,
            metrics: record.metrics,
            seconds: record.seconds,
            model: record.model,
            data: DataSummary { sha256: record.data.sha256, n_test: record.data.n_test },
        })
    }

    /// How the run ended, in a word.
    pub fn outcome(&self) -> &'static str {
        match (self.outcome, self.busy) {
            (_, true) | (Outcome::Running, _) => "running",
            (Outcome::Killed, false) => "killed",
            (Outcome::Finished, false) => "finished",
            (Outcome::Interrupted, false) => "interrupted",
            (Outcome::Failed, false) => "failed",
        }
    }
}

/// The runs under `artifacts`, in the order of their names, and those that could not be read.
///
/// # Errors
///
/// [`Error::Artifact`] when the folder cannot be read; a missing folder has no runs.
pub fn summaries(artifacts: &Path) -> Result<Vec<Result<RunSummary, Error>>, Error> {
    let unreadable = |error: std::io::Error| Error::artifact(artifacts, error);
    let entries = match fs::read_dir(artifacts) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(unreadable)?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(unreadable)?.path());
    }
    // Leaves out runs that were moved aside to be deleted.
    let is_temporary = |path: &Path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(leftovers::PREFIX))
    };
    paths.retain(|path| !is_temporary(path) && path.join(file::RECORD).is_file());
    paths.sort();
    Ok(paths
        .iter()
        .map(|path| RunDir::open(artifacts, path).and_then(|run| RunSummary::read(&run)))
        .collect())
}
