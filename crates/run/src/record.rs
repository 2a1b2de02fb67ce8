//! `run.json`: the record of a run.

use crate::directory::{RunDir, file};
use crate::error::Error;
use crate::problem::FileProblem;
use crate::scores::{Scores, names};
use emberlab_data::{Normalizer, PixelScale, TableSchema, open_regular};
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::path::Path;

/// The size of the largest file that is read: 32 MB, enough for a million class names.
const MAX_FILE_SIZE: u64 = 1 << 25;

/// The content of `run.json`. Keys that records of earlier versions lack have their default.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunRecord {
    /// The run's name.
    pub name: String,
    /// How it ended, or whether it is still running.
    pub outcome: Outcome,
    /// When its process started, as RFC 3339 writes it, in UTC.
    #[serde(default)]
    pub started: Option<String>,
    /// The error that ended it, if there was one.
    #[serde(default)]
    pub error: Option<String>,
    /// The number that became NaN or infinite, if there was one. The weights of a finished run are those from before that.
    #[serde(default)]
    pub diverged: Option<String>,
    /// Updates made.
    pub updates: usize,
    /// Whether training ended because the validation score no longer got better.
    #[serde(default)]
    pub stopped_early: bool,
    /// The epoch whose weights are the run's.
    #[serde(default)]
    pub selected_epoch: Option<usize>,
    /// Final scores.
    pub metrics: Metrics,
    /// Seconds of each phase.
    pub seconds: Seconds,
    /// The device that it ran on.
    pub device: DeviceRecord,
    /// How often training waited for the device; earlier versions did not count it.
    #[serde(default)]
    pub device_reads: Option<DeviceReads>,
    /// The versions of the programs.
    pub versions: Versions,
    /// The layers that were trained, as `3072 → 64 → 10`.
    pub model: String,
    /// Number of weights and biases.
    pub n_parameters: usize,
    /// The data.
    pub data: DataRecord,
    /// Every seed.
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
    /// Its record says that it is running, and no process works on it. Never written.
    Killed,
}

/// Final scores.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Over the last pass of the training part, before its updates.
    pub train: Option<Scores>,
    /// Of the run's weights on the validation part.
    pub validation: Option<Scores>,
    /// Of the run's weights on the test part.
    pub test: Option<Scores>,
}

/// Takes the scores of one part.
pub type PartScores = fn(&Metrics) -> &Option<Scores>;

impl Metrics {
    /// The scores of the parts that were scored.
    pub fn parts(&self) -> impl Iterator<Item = &Scores> {
        [&self.train, &self.validation, &self.test].into_iter().flatten()
    }

    /// The name of each number that the scores have, in order.
    pub fn names(&self) -> Vec<&str> {
        names(self.parts())
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

/// The device of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeviceRecord {
    /// The backend, as its cargo feature is called.
    pub backend: String,
    /// The device, as Burn calls it.
    pub name: String,
    /// Threads of the CPU backends.
    pub threads: usize,
}

/// Number of times that training waited for its device in this process. Nothing else makes it wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceReads {
    /// For the scores of updates, many in one transfer.
    pub scores: usize,
    /// For scores on the validation part, and before each for whether all weights are finite.
    pub validation: usize,
    /// For histograms of weights and gradients.
    pub histograms: usize,
    /// For checkpoints, each of which reads all weights and the optimizer's state.
    pub checkpoints: usize,
    /// For weights and gradients that go from server to server.
    pub exchange: usize,
}

/// The versions of the programs that a run was made with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Versions {
    /// emberlab's.
    pub emberlab: String,
    /// The commit that it was built from.
    pub git_commit: String,
    /// Burn's.
    pub burn: String,
}

/// The data of a run.
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
    /// The schema that other tables are read by, if the samples are a table in a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableSchema>,
    /// The scale that pixels of other arrays have too, if the samples are images in arrays that tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixel_scale: Option<PixelScale>,
    /// The name of each class.
    pub class_names: Vec<String>,
    /// The normalizer that turns samples into inputs, with the statistics of the training part.
    pub normalizer: Normalizer,
    /// Of all parts: of each its features (pixel bytes, or doubles in little-endian order), then its
    /// labels as 32-bit little-endian integers. In hexadecimal.
    pub sha256: String,
}

/// Every seed that numbers of the run depend on.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Seeds {
    /// Of the draw of samples.
    pub data: u32,
    /// Of the division into parts.
    pub split: u32,
    /// Of the initial weights.
    pub init: u32,
    /// Of the order of mini-batches.
    pub shuffle: u32,
    /// Of the augmentation of images.
    #[serde(default)]
    pub augment: u32,
    /// Of dropout.
    #[serde(default)]
    pub dropout: u32,
}

impl RunRecord {
    /// Reads `run.json` of the run directory `run`.
    ///
    /// # Errors
    ///
    /// [`Error::Artifact`] when the file cannot be read or is not a record.
    pub fn read(run: &Path) -> Result<Self, Error> {
        let path = run.join(file::RECORD);
        parse(&path).map_err(|problem| Error::artifact(path, problem))
    }

    /// Writes `run.json`.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn write(&self, run: &RunDir) -> Result<(), Error> {
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|error| Error::write(run.file(file::RECORD))(error.into()))?;
        text.push('\n');
        run.write(file::RECORD, text.as_bytes())
    }
}

fn parse(path: &Path) -> Result<RunRecord, FileProblem> {
    let mut bytes = Vec::new();
    open_regular(path)?.take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_SIZE {
        return Err(FileProblem::TooLarge { limit: MAX_FILE_SIZE });
    }
    Ok(serde_json::from_slice(&bytes)?)
}
