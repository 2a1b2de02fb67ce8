//! Prepares a run for its page and figures: reads its directory, its samples and its network.

use crate::error::Error;
use emberlab_config::Config;
use emberlab_data::{Features, Progress, Splits};
use emberlab_models::NamedTensor;
use emberlab_report::{Computed, Material, TrainedNetwork};
use emberlab_run::{DataRecord, RunDir, RunRecord, file, fingerprint};
use emberlab_training::learner::learning_rates;
use emberlab_training::load;
use emberlab_training::trained_run::TrainedRun;

/// Reads a run with its samples and weights. Warns through `warn` about missing parts.
///
/// # Errors
///
/// The run is damaged, or the device is not available.
pub fn material(directory: RunDir, progress: &dyn Progress, warn: fn(&str)) -> Result<Material, Error> {
    let config = Config::load(&directory.file(file::CONFIG), &[])?;
    let data = RunRecord::read(directory.path())?.data;
    let network = if directory.file(file::SAFETENSORS).exists() {
        let run = TrainedRun::open(directory.path(), directory.path())?;
        Some(Box::new(Network(run)) as Box<dyn TrainedNetwork>)
    } else {
        warn(&format!("`{}` has no weights; figures that need them are left out", config.name));
        None
    };
    let splits = splits(&config, &data, progress, warn);
    let learning_rates = learning_rates(&config.training, data.n_train)?;
    Ok(Material::read(directory, Computed { network, splits, learning_rates }, warn)?)
}

/// The samples of a run. Warns and returns `None` if they cannot be read or have changed.
fn splits(config: &Config, data: &DataRecord, progress: &dyn Progress, warn: fn(&str)) -> Option<Splits> {
    let left_out = "figures that show samples are left out";
    match load(config, progress) {
        Ok(loaded) if fingerprint(&loaded.splits) == data.sha256 => Some(loaded.splits),
        Ok(_) => {
            warn(&format!(
                "the data is not the data that the run was trained on: its SHA-256 differs; {left_out}"
            ));
            None
        }
        Err(error) => {
            warn(&format!("{error}; {left_out}"));
            None
        }
    }
}

/// A trained run, as the interface that figures use.
struct Network(TrainedRun);

impl TrainedNetwork for Network {
    fn tensors(&self) -> Vec<NamedTensor> {
        self.0.network.tensors()
    }

    fn predict(&self, features: &Features) -> (Vec<usize>, Vec<f64>) {
        self.0.predict(features)
    }
}
