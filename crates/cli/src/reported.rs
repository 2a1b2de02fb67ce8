//! Prepares a run for its page and figures: reads its directory, its samples and its network.

use crate::error::Error;
use emberlab_config::{Config, ModelKind};
use emberlab_data::{Features, Progress, Splits};
use emberlab_models::NamedTensor;
use emberlab_report::{Computed, FeatureMaps, Material, TrainedNetwork};
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
    let run = if config.model.kind == ModelKind::Custom {
        warn(&format!(
            "the network of `{}` is built by a program; figures that need it are left out",
            config.name
        ));
        None
    } else if directory.file(file::SAFETENSORS).exists() {
        Some(TrainedRun::open(directory.path(), directory.path())?)
    } else {
        warn(&format!("`{}` has no weights; figures that need them are left out", config.name));
        None
    };
    let splits = splits(&config, &data, progress, warn);
    let initial_tensors =
        run.as_ref().zip(splits.as_ref()).and_then(|(run, splits)| initial(run, splits, warn));
    let learning_rates = learning_rates(&config.training, data.n_train)?;
    let network = run.map(|run| Box::new(Network(run)) as Box<dyn TrainedNetwork>);
    let computed = Computed { network, initial_tensors, splits, learning_rates };
    Ok(Material::read(directory, computed, warn)?)
}

/// The weights before the first update, for classifiers of images. Warns and returns `None` if they were read from a file
/// that is gone.
fn initial(run: &TrainedRun, splits: &Splits, warn: fn(&str)) -> Option<Vec<NamedTensor>> {
    run.config.data.source.image()?;
    let tensors = run.initial_tensors(&splits.train.samples);
    tensors.inspect_err(|error| warn(&format!("{error}; what training changed is left out"))).ok()
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

    fn feature_maps(&self, features: &Features) -> Option<FeatureMaps> {
        self.0.feature_maps(features).map(|(values, shape)| FeatureMaps { shape, values })
    }
}
