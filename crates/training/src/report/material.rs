//! What a run left, read back.

use super::outcome::Facts;
use crate::config::Config;
use crate::error::Error;
use crate::fingerprint::fingerprint;
use crate::histograms_file::{self, HistogramRow};
use crate::load::load;
use crate::metrics_file::{self, MetricRow};
use crate::predictions_file::Predictions;
use crate::run_dir::{RunDir, file};
use crate::run_record::{DataRecord, read_data_record, read_record};
use crate::trained_run::TrainedRun;
use emberlab_data::{Progress, Splits};

/// Everything that pictures and pages are made of.
pub struct Material {
    /// Where the run is.
    pub directory: RunDir,
    /// What it was trained by.
    pub config: Config,
    /// What came of it.
    pub facts: Facts,
    /// What it was trained on.
    pub data: DataRecord,
    /// Every loss and accuracy.
    pub metrics: Vec<MetricRow>,
    /// How weights and gradients were spread.
    pub histograms: Vec<HistogramRow>,
    /// What was predicted for the test part, where that was scored.
    pub predictions: Option<Predictions>,
    /// The run with its weights, where it has some.
    pub trained: Option<TrainedRun>,
    /// The samples, where they are still what the run was trained on.
    pub splits: Option<Splits>,
}

impl Material {
    /// Reads a run. `progress` is told how far reading its data came, and `warn` of what is missing.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] and [`Error::Artifact`] for a damaged run, [`Error::Device`].
    pub fn gather(directory: RunDir, progress: &dyn Progress, warn: fn(&str)) -> Result<Self, Error> {
        let config = Config::load(&directory.file(file::CONFIG), &[])?;
        let data = read_data_record(directory.path())?;
        let trained = match directory.file(file::SAFETENSORS).exists() {
            true => Some(TrainedRun::open(directory.path(), directory.path())?),
            false => {
                warn(&format!("`{}` has no weights; what they are needed for is left out", config.name));
                None
            }
        };
        let splits = splits(&config, &data, progress, warn);
        let predictions = Predictions::read(&directory.file(file::PREDICTIONS), data.class_names.len())?;
        if predictions.is_none() {
            warn(&format!("`{}` was not scored on its test part; what shows that is left out", config.name));
        }
        Ok(Self {
            facts: read_record(directory.path())?,
            metrics: metrics_file::read(&directory.file(file::METRICS))?,
            histograms: histograms_file::read(&directory.file(file::HISTOGRAMS))?,
            predictions,
            trained,
            splits,
            directory,
            config,
            data,
        })
    }
}

/// The samples of a run; nothing, with a warning, where they cannot be read or are other ones now.
fn splits(config: &Config, data: &DataRecord, progress: &dyn Progress, warn: fn(&str)) -> Option<Splits> {
    let left_out = "pictures that show samples are left out";
    match load(config, progress) {
        Ok(loaded) if fingerprint(&loaded.splits) == data.sha256 => Some(loaded.splits),
        Ok(_) => {
            warn(&format!(
                "the data is not what the run was trained on, its SHA-256 is another one; {left_out}"
            ));
            None
        }
        Err(error) => {
            warn(&format!("{error}; {left_out}"));
            None
        }
    }
}
