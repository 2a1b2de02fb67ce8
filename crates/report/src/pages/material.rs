//! The files of a run, read.

use super::computed::{Computed, TrainedNetwork};
use crate::error::Error;
use emberlab_config::Config;
use emberlab_data::Splits;
use emberlab_models::NamedTensor;
use emberlab_run::histograms_file::{self, HistogramRow};
use emberlab_run::metrics_file::{self, MetricRow};
use emberlab_run::predictions_file::Predictions;
use emberlab_run::{Evaluation, RunDir, RunRecord, file};

/// The data of all pictures and pages of a run.
pub struct Material {
    /// The run directory.
    pub directory: RunDir,
    /// The configuration.
    pub config: Config,
    /// The record.
    pub record: RunRecord,
    /// Every loss and accuracy.
    pub metrics: Vec<MetricRow>,
    /// Histograms of weights and gradients.
    pub histograms: Vec<HistogramRow>,
    /// The predictions for the test part, if it was scored.
    pub predictions: Option<Predictions>,
    /// The network with the run's weights, if it has some.
    pub network: Option<Box<dyn TrainedNetwork>>,
    /// The weights before the first update, if they are known.
    pub initial_tensors: Option<Vec<NamedTensor>>,
    /// The samples, if they have not changed since training.
    pub splits: Option<Splits>,
    /// The learning rate of some updates, as pairs of update and rate.
    pub learning_rates: Vec<(f64, f64)>,
}

impl Material {
    /// Reads a run. Calls `warn` if predictions are missing.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] and [`Error::Run`] for a damaged run.
    pub fn read(directory: RunDir, computed: Computed, warn: fn(&str)) -> Result<Self, Error> {
        let config = Config::load(&directory.file(file::CONFIG), &[])?;
        let record = RunRecord::read(directory.path())?;
        let n_classes = record.data.class_names.len();
        let predictions = Predictions::read(&directory.file(file::PREDICTIONS), n_classes)?;
        if predictions.is_none() {
            warn(&format!("`{}` was not scored on its test part; its predictions are left out", config.name));
        }
        let Computed { network, initial_tensors, splits, learning_rates } = computed;
        Ok(Self {
            metrics: metrics_file::read(&directory.file(file::METRICS))?,
            histograms: histograms_file::read(&directory.file(file::HISTOGRAMS))?,
            directory,
            config,
            record,
            predictions,
            network,
            initial_tensors,
            splits,
            learning_rates,
        })
    }

    /// The predictions for the test part; `None` if there are none.
    pub fn test_predictions(&self) -> Option<&Predictions> {
        self.predictions.as_ref().filter(|predictions| !predictions.is_empty())
    }

    /// The evaluation of the predictions for the test part; `None` if there are none.
    pub fn evaluation(&self) -> Option<Evaluation> {
        self.test_predictions().map(|predictions| predictions.evaluation(&self.record.data.class_names))
    }
}
