//! `emberlab config show --layers`.

use super::layer_report::LayerReport;
use super::layer_table;
use crate::error::Error;
use crate::output::{ProgressBars, print};
use emberlab_config::{Config, DataShape, Source};
use emberlab_data::{BatchPlan, TestSize, TrainTestSplit};
use emberlab_training::load;

pub fn run(config: &Config, json: bool) -> Result<(), Error> {
    let (shape, n_train) = known(config)?;
    config.check_shape(&shape)?;
    let architecture = config.architecture(&shape)?;
    let batch_size = match (config.training.plan, n_train) {
        (BatchPlan::Mini { size, .. }, Some(n_train)) => size.get().min(n_train),
        (BatchPlan::Mini { size, .. }, None) => size.get(),
        (BatchPlan::Full { .. }, n_train) => n_train.unwrap_or(1),
    };
    if json {
        print::json(&LayerReport::new(&architecture, batch_size))
    } else {
        print::text(&layer_table::text(&architecture, batch_size))
    }
}

/// The shape of the data, and the number of training samples where it is known. Reads the data only where the configuration
/// does not give its shape.
fn known(config: &Config) -> Result<(DataShape, Option<usize>), Error> {
    if let Some(shape) = config.data.source.shape() {
        return Ok((shape, n_train(config)));
    }
    if let Source::ImageFolder { folder, .. } = &config.data.source {
        let n_classes = folder.class_names().map_err(emberlab_training::Error::from)?.len();
        return Ok((
            DataShape { n_features: folder.shape.size(), image: Some(folder.shape), n_classes },
            None,
        ));
    }
    let train = load(config, &ProgressBars::new())?.splits.train;
    Ok((DataShape::of(&train.samples), Some(train.rows.len())))
}

/// The number of training samples, where the configuration gives it.
fn n_train(config: &Config) -> Option<usize> {
    if config.data.fold.is_some() {
        // How many samples a fold has depends on their classes.
        return None;
    }
    let all = match &config.data.source {
        Source::Synthetic(synthetic) => synthetic.split.sizes(synthetic.classification.n_samples).ok()?.0,
        Source::Published { subsample, .. } => subsample.train_samples?,
        Source::ImageFolder { .. } | Source::Table { .. } | Source::Numpy { .. } | Source::Custom { .. } => {
            return None;
        }
    };
    let Some(validation) = config.data.validation else { return Some(all) };
    let split =
        TrainTestSplit { test_size: TestSize::Share(validation.fraction), stratify: validation.stratify };
    split.sizes(all).ok().map(|(n_train, _)| n_train)
}
