//! A run on an MLflow server.

use super::client::{Client, MlflowError};
use crate::error::Error;
use emberlab_run::config_file::read_settings;
use emberlab_run::metrics_file::{self, MetricRow};
use emberlab_run::{Outcome, RunDir, RunRecord, file};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The most parameters and metrics of a request.
const MAX_PARAMETERS: usize = 100;
const MAX_METRICS: usize = 1000;
/// The most characters of a parameter's value that MLflow takes.
const MAX_VALUE: usize = 6000;
/// The tags by which a run is found again.
const NAME_TAG: &str = "emberlab.run";
const STARTED_TAG: &str = "emberlab.started";
/// The tag of a run that was sent to its end.
const COMPLETE_TAG: &str = "emberlab.complete";
/// The files of a run directory that are sent, beside the pictures.
const FILES: [&str; 7] = [
    file::CONFIG,
    file::RECORD,
    file::METRICS,
    file::PREDICTIONS,
    file::SAFETENSORS,
    file::REPORT,
    file::LOG,
];

/// Where a run is.
pub struct Published {
    /// The address of its page.
    pub page: String,
    /// Whether it was there before.
    pub was_there: bool,
}

/// Sends a run to an experiment of a server, which is made if it is missing. A run that is there already is left as it is.
///
/// # Errors
///
/// [`Error::Mlflow`]; [`Error::Training`] for a damaged run.
pub fn publish(client: &Client, experiment: &str, directory: &RunDir) -> Result<Published, Error> {
    let record = RunRecord::read(directory.path())?;
    let settings = read_settings(&directory.file(file::CONFIG))?;
    let metrics = metrics_file::read(&directory.file(file::METRICS))?;
    let experiment = experiment_id(client, experiment)?;
    if let Some(run) = find(client, &experiment, &record)? {
        return Ok(Published { page: page(client, &experiment, &run), was_there: true });
    }
    let (start, end) = times(&record);
    let created = client.post(
        "runs/create",
        &json!({
            "experiment_id": experiment, "run_name": record.name, "start_time": start, "tags": tags(&record),
        }),
    )?;
    let run = word(&created["run"]["info"]["run_id"], "runs/create")?;
    let root = word(&created["run"]["info"]["artifact_uri"], "runs/create")?;
    let parameters: Vec<Value> = settings
        .iter()
        .map(|(key, value)| json!({"key": key_of(key), "value": value.chars().take(MAX_VALUE).collect::<String>()}))
        .collect();
    for parameters in parameters.chunks(MAX_PARAMETERS) {
        client.post("runs/log-batch", &json!({"run_id": run, "params": parameters}))?;
    }
    for rows in metrics.chunks(MAX_METRICS) {
        let metrics: Vec<Value> = rows.iter().map(|row| metric(row, end)).collect();
        client.post("runs/log-batch", &json!({"run_id": run, "metrics": metrics}))?;
    }
    for (name, path) in files(directory)? {
        client.put_file(&root, &name, &path)?;
    }
    client.post("runs/update", &json!({"run_id": run, "status": status(record.outcome), "end_time": end}))?;
    client.post("runs/set-tag", &json!({"run_id": run, "key": COMPLETE_TAG, "value": "true"}))?;
    Ok(Published { page: page(client, &experiment, &run), was_there: false })
}

fn page(client: &Client, experiment: &str, run: &str) -> String {
    client.page(&format!("#/experiments/{experiment}/runs/{run}"))
}

fn experiment_id(client: &Client, name: &str) -> Result<String, Error> {
    if let Some(found) = client.get("experiments/get-by-name", "experiment_name", name)? {
        return word(&found["experiment"]["experiment_id"], "experiments/get-by-name");
    }
    let created = client.post("experiments/create", &json!({"name": name}))?;
    word(&created["experiment_id"], "experiments/create")
}

/// The run on the server that was sent from the same run directory, to its end.
fn find(client: &Client, experiment: &str, record: &RunRecord) -> Result<Option<String>, Error> {
    // A name holds no quotes, and neither does a date.
    let filter = format!(
        "tags.`{NAME_TAG}` = '{}' and tags.`{STARTED_TAG}` = '{}' and tags.`{COMPLETE_TAG}` = 'true'",
        record.name,
        record.started.as_deref().unwrap_or_default().replace('\'', "")
    );
    let body = json!({"experiment_ids": [experiment], "filter": filter, "max_results": 1});
    let found = client.post("runs/search", &body)?;
    Ok(found["runs"][0]["info"]["run_id"].as_str().map(str::to_owned))
}

fn tags(record: &RunRecord) -> Vec<Value> {
    let tags = [
        (NAME_TAG, record.name.as_str()),
        (STARTED_TAG, record.started.as_deref().unwrap_or_default()),
        ("emberlab.version", &record.versions.emberlab),
        ("emberlab.commit", &record.versions.git_commit),
        ("emberlab.backend", &record.device.backend),
        ("emberlab.model", &record.model),
        ("emberlab.data.sha256", &record.data.sha256),
    ];
    tags.into_iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
}

/// A metric with the number of the update as its step.
fn metric(row: &MetricRow, time: i64) -> Value {
    // JSON has no number for these; MLflow takes the words.
    let value = if row.value.is_finite() { json!(row.value) } else { json!(infinite(row.value)) };
    let key = key_of(&format!("{}/{}", row.split, row.metric));
    json!({"key": key, "value": value, "step": row.iteration, "timestamp": time})
}

fn infinite(value: f64) -> &'static str {
    match value {
        _ if value.is_nan() => "NaN",
        _ if value > 0.0 => "Infinity",
        _ => "-Infinity",
    }
}

/// A name with only the characters that MLflow allows.
fn key_of(name: &str) -> String {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "_-. /".contains(letter);
    name.chars().map(|letter| if allowed(letter) { letter } else { '_' }).collect()
}

/// Start and end in milliseconds since 1970.
fn times(record: &RunRecord) -> (i64, i64) {
    let started = record.started.as_deref().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    let start = started.map_or(0, |time| (time.unix_timestamp_nanos() / 1_000_000) as i64);
    let seconds = record.seconds.load + record.seconds.train + record.seconds.evaluate;
    (start, start.saturating_add((1000.0 * seconds) as i64))
}

fn status(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Finished => "FINISHED",
        Outcome::Failed => "FAILED",
        Outcome::Interrupted | Outcome::Killed => "KILLED",
        Outcome::Running => "RUNNING",
    }
}

/// The files that there are, with their names on the server.
fn files(directory: &RunDir) -> Result<Vec<(String, PathBuf)>, Error> {
    let mut found: Vec<(String, PathBuf)> = FILES
        .iter()
        .map(|name| ((*name).to_owned(), directory.file(name)))
        .filter(|(_, path)| path.is_file())
        .collect();
    let plots = directory.file(file::PLOTS);
    if plots.is_dir() {
        for entry in fs::read_dir(&plots).map_err(|reason| unreadable(&plots, reason))? {
            let path = entry.map_err(|reason| unreadable(&plots, reason))?.path();
            if let (Some(name), true) = (path.file_name().and_then(|name| name.to_str()), path.is_file()) {
                found.push((format!("{}/{}", file::PLOTS, key_of(name)), path.clone()));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn unreadable(path: &Path, reason: std::io::Error) -> MlflowError {
    MlflowError::Read { path: path.display().to_string(), reason }
}

/// A word of an answer.
fn word(value: &Value, request: &str) -> Result<String, Error> {
    Ok(value.as_str().map(str::to_owned).ok_or_else(|| MlflowError::Answer(request.to_owned()))?)
}
