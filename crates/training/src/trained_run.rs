//! A run that was trained, to be used.

use crate::backend::{self, Backend, Device};
use crate::classifier::network;
use crate::config::{Config, Init};
use crate::error::Error;
use crate::run_dir::{RunDir, file};
use crate::run_record::{DataRecord, read_data_record};
use emberlab_models::Network;
use std::path::Path;

/// A run with its final weights.
pub struct TrainedRun {
    /// Where it is.
    pub directory: RunDir,
    /// What it was trained by.
    pub config: Config,
    /// What it was trained on.
    pub data: DataRecord,
    /// Its layers with their final weights.
    pub network: Network<Backend>,
    /// Where they are.
    pub device: Device,
}

impl TrainedRun {
    /// Reads a run: a directory, or the name of one under `artifacts`.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchRun`]; [`Error::Config`] and [`Error::Artifact`] for a damaged one;
    /// [`Error::Device`].
    pub fn open(artifacts: &Path, run: &Path) -> Result<Self, Error> {
        let directory = RunDir::open(artifacts, run)?;
        let config = Config::load(&directory.file(file::CONFIG), &[])?;
        let data = read_data_record(&directory)?;
        let device = backend::device(&config.device)?;
        let source = &config.data.source;
        let n_classes = data.class_names.len();
        let fits = data.normalizer.fits(data.n_features, source.image());
        if !fits || (data.n_features, n_classes) != (source.n_features(), source.n_classes()) {
            let reason = "does not fit the run's `config.toml`".to_owned();
            return Err(Error::Artifact { path: directory.file(file::RECORD), reason });
        }
        let architecture = config.model.architecture(data.n_features, source.image(), n_classes);
        let weights = Init::From(directory.file(file::SAFETENSORS));
        let network = network(&config.model, &architecture, &weights, &device)?;
        Ok(Self { directory, config, data, network, device })
    }
}
