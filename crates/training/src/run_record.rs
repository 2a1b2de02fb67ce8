//! `run.json`: what was run, where, and what came of it.

use crate::backend::{self, Device};
use crate::config::{Config, DataShape};
use crate::error::Error;
use crate::fingerprint::fingerprint;
use crate::learner::DeviceReads;
use crate::load::Loaded;
use crate::run_dir::{RunDir, file};
use emberlab_data::{Features, Normalizer, TableSchema, open_regular};
use emberlab_models::Score;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, Read};
use std::path::Path;

/// Larger files are no records: 32 MB, of which a million class names have room.
const MAX_FILE_SIZE: u64 = 1 << 25;

/// The content of `run.json`.
#[derive(Clone, Debug, Serialize)]
pub struct RunRecord {
    /// The run's name.
    pub name: String,
    /// How it ended, or that it has not.
    pub outcome: Outcome,
    /// What went wrong, where something did.
    pub error: Option<String>,
    /// What became no number, where the weights are those from before it.
    pub diverged: Option<String>,
    /// Updates made.
    pub updates: usize,
    /// Whether training ended because the validation score no longer got better.
    pub stopped_early: bool,
    /// The epoch whose weights are the run's.
    pub selected_epoch: Option<usize>,
    /// Final scores.
    pub metrics: Metrics,
    /// Seconds of each phase.
    pub seconds: Seconds,
    /// Where it was run.
    pub device: DeviceRecord,
    /// How often training waited for the device.
    pub device_reads: DeviceReads,
    /// What it was run with.
    pub versions: Versions,
    /// The layers that were trained, as `3072 → 64 → 10`.
    pub model: String,
    /// Weights and biases in all.
    pub n_parameters: usize,
    /// What it was run on.
    pub data: DataRecord,
    /// Every seed that decided a number.
    pub seeds: Seeds,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It has not ended, or was killed.
    Running,
    /// It did all its updates.
    Finished,
    /// The user stopped it.
    Interrupted,
    /// An error ended it.
    Failed,
    /// Its record says that it goes on, and no process works on it. Never written.
    Killed,
}

/// Final scores.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Metrics {
    /// Over the last pass of the training part, before its updates.
    pub train: Option<ScoreRecord>,
    /// Of the run's weights on the validation part.
    pub validation: Option<ScoreRecord>,
    /// Of the run's weights on the test part.
    pub test: Option<ScoreRecord>,
}

/// A score in numbers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ScoreRecord {
    /// Mean cross-entropy: of the training part as it is minimised, of the others the plain one.
    pub loss: f32,
    /// Share predicted right, from 0 to 1.
    pub accuracy: f64,
}

impl From<Score> for ScoreRecord {
    fn from(score: Score) -> Self {
        Self { loss: score.loss, accuracy: score.accuracy() }
    }
}

/// Seconds of each phase.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Seconds {
    /// Drawing or reading the data.
    pub load: f64,
    /// All updates.
    pub train: f64,
    /// Scoring the test part.
    pub evaluate: f64,
}

/// Where a run was done.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceRecord {
    /// The backend, as its cargo feature is called.
    pub backend: &'static str,
    /// The device, as Burn calls it.
    pub name: String,
    /// Threads of the CPU backends.
    pub threads: usize,
}

/// What a run was done with.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Versions {
    /// This program's.
    pub emberlab: &'static str,
    /// The commit that it was built from.
    pub git_commit: &'static str,
    /// Burn's.
    pub burn: &'static str,
}

/// The versions of this program.
pub const VERSIONS: Versions = Versions {
    emberlab: env!("CARGO_PKG_VERSION"),
    git_commit: env!("EMBERLAB_GIT_COMMIT"),
    burn: env!("EMBERLAB_BURN_VERSION"),
};

/// What a run was done on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DataRecord {
    /// Samples of the training part.
    pub n_train: usize,
    /// Samples of the validation part.
    #[serde(default)]
    pub n_validation: usize,
    /// Samples of the test part.
    pub n_test: usize,
    /// Numbers per sample.
    pub n_features: usize,
    /// The name of each input of a table.
    #[serde(default)]
    pub columns: Vec<String>,
    /// What other tables are read by, where the samples are a table in a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableSchema>,
    /// The name of each class.
    pub class_names: Vec<String>,
    /// What makes inputs of the samples, with the numbers of the training part.
    pub normalizer: Normalizer,
    /// Of all parts: of each its features (pixel bytes, or doubles in little-endian order), then its
    /// labels as 32-bit little-endian integers. In hexadecimal.
    pub sha256: String,
}

/// Every seed that decided a number.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Seeds {
    /// Of the draw of samples.
    pub data: u32,
    /// Of the division into parts.
    pub split: u32,
    /// Of the initial weights.
    pub init: u32,
    /// Of the order of mini-batches.
    pub shuffle: u32,
    /// Of the changes of images.
    pub augment: u32,
    /// Of dropout.
    pub dropout: u32,
}

impl RunRecord {
    /// The record of a run that begins.
    pub fn new(config: &Config, loaded: &Loaded, device: &Device, load_seconds: f64) -> Self {
        let Loaded { splits, normalizer, table, .. } = loaded;
        let train = &splits.train.samples;
        let architecture = config.model.architecture(&DataShape::of(train));
        Self {
            name: config.name.clone(),
            outcome: Outcome::Running,
            error: None,
            diverged: None,
            updates: 0,
            stopped_early: false,
            selected_epoch: None,
            metrics: Metrics::default(),
            seconds: Seconds { load: load_seconds, ..Seconds::default() },
            device_reads: DeviceReads::default(),
            device: DeviceRecord {
                backend: backend::NAME,
                name: format!("{device:?}"),
                threads: backend::threads(),
            },
            versions: VERSIONS,
            model: architecture.to_string(),
            n_parameters: architecture.n_parameters(),
            data: DataRecord {
                n_train: train.len(),
                n_validation: splits.validation.as_ref().map_or(0, |part| part.rows.len()),
                n_test: splits.test.rows.len(),
                n_features: train.n_features(),
                columns: match &train.features {
                    Features::Table { columns, .. } => columns.clone(),
                    Features::Images { .. } => Vec::new(),
                },
                table: table.clone(),
                class_names: train.class_names.clone(),
                normalizer: normalizer.clone(),
                sha256: fingerprint(splits),
            },
            seeds: Seeds {
                data: config.data.seed,
                split: config.data.split_seed,
                init: config.model.init_seed,
                shuffle: config.training.shuffle_seed,
                augment: config.data.augment_seed,
                dropout: config.model.dropout_seed,
            },
        }
    }

    /// Writes `run.json`.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn write(&self, run: &RunDir) -> Result<(), Error> {
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|error| Error::Training(format!("cannot encode `{}`: {error}", file::RECORD)))?;
        text.push('\n');
        run.write(file::RECORD, text.as_bytes())
    }
}

/// What a run was done on, from its `run.json`.
///
/// # Errors
///
/// [`Error::Artifact`] when the file cannot be read or says something else.
pub fn read_data_record(run: &Path) -> Result<DataRecord, Error> {
    #[derive(Deserialize)]
    struct Record {
        data: DataRecord,
    }
    read_record::<Record>(run).map(|record| record.data)
}

/// Some of a `run.json`.
///
/// # Errors
///
/// [`Error::Artifact`] when the file cannot be read or says something else.
pub fn read_record<T: DeserializeOwned>(run: &Path) -> Result<T, Error> {
    let path = run.join(file::RECORD);
    let read = || {
        let unreadable = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => "is missing".to_owned(),
            _ => format!("cannot be read: {error}"),
        };
        let file = open_regular(&path).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_FILE_SIZE {
            return Err(format!("is larger than {MAX_FILE_SIZE} bytes"));
        }
        serde_json::from_slice::<T>(&bytes).map_err(|error| format!("is damaged: {error}"))
    };
    read().map_err(|reason| Error::Artifact { path, reason })
}
