//! The record of a run.

use crate::devices::{self, AutodiffBackend, BURN_VERSION, Device};
use crate::error::Error;
use crate::load::Loaded;
use crate::trainer::Trainer;
use emberlab_config::DataShape;
use emberlab_data::Features;
use emberlab_models::{Classifier, Score};
use emberlab_run::{
    DataRecord, DeviceRecord, Metrics, Outcome, RunDir, RunRecord, Scores, Seconds, Seeds, Versions,
    fingerprint,
};
use std::path::Path;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The versions of a program that was built from a commit.
pub fn versions(git_commit: &str) -> Versions {
    Versions {
        emberlab: env!("CARGO_PKG_VERSION").to_owned(),
        git_commit: git_commit.to_owned(),
        burn: BURN_VERSION.to_owned(),
    }
}

/// The record of a run at its start, after data was read for `load_seconds`.
///
/// # Errors
///
/// [`Error::Config`] when a layer does not fit the data.
pub fn new_record(
    trainer: &Trainer<'_>,
    classifier: &Classifier<AutodiffBackend>,
    loaded: &Loaded,
    device: &Device,
    load_seconds: f64,
    git_commit: &str,
) -> Result<RunRecord, Error> {
    let config = trainer.config();
    let (model, n_parameters) = match trainer.described(classifier) {
        Some(described) => described,
        None => {
            let architecture = config.architecture(&DataShape::of(&loaded.splits.train.samples))?;
            (architecture.to_string(), architecture.n_parameters())
        }
    };
    Ok(RunRecord {
        name: config.name.clone(),
        outcome: Outcome::Running,
        // A clock outside the years that the format has is no reason not to train.
        started: OffsetDateTime::now_utc().format(&Rfc3339).ok(),
        error: None,
        diverged: None,
        updates: 0,
        stopped_early: false,
        selected_epoch: None,
        metrics: Metrics::default(),
        seconds: Seconds { load: load_seconds, ..Seconds::default() },
        device: DeviceRecord {
            backend: devices::NAME.to_owned(),
            name: format!("{device:?}"),
            threads: devices::threads(),
        },
        device_reads: Some(Default::default()),
        versions: versions(git_commit),
        model,
        n_parameters,
        data: data_record(loaded),
        seeds: Seeds {
            data: config.data.seed,
            split: config.data.split_seed,
            init: config.model.init_seed,
            shuffle: config.training.shuffle_seed,
            augment: config.data.augment_seed,
            dropout: config.model.dropout_seed,
        },
    })
}

/// Records in `run` that it failed after `updates` updates, where it has a record of a training under way.
///
/// # Errors
///
/// [`Error::Run`] when the record cannot be read or written.
pub fn note_failure(run: &Path, error: &Error, updates: usize) -> Result<(), Error> {
    let Ok(directory) = RunDir::open(run, run) else { return Ok(()) };
    let mut record = RunRecord::read(run)?;
    if record.outcome == Outcome::Running {
        record.outcome = Outcome::Failed;
        record.error = Some(error.to_string());
        record.updates = updates.max(record.updates);
        record.write(&directory)?;
    }
    Ok(())
}

fn data_record(loaded: &Loaded) -> DataRecord {
    let Loaded { splits, normalizer, table, pixel_scale, .. } = loaded;
    let train = &splits.train.samples;
    DataRecord {
        n_train: train.len(),
        n_validation: splits.validation.as_ref().map_or(0, |part| part.rows.len()),
        n_test: splits.test.rows.len(),
        n_features: train.n_features(),
        columns: match &train.features {
            Features::Table { columns, .. } => columns.clone(),
            Features::Images { .. } => Vec::new(),
        },
        table: table.clone(),
        pixel_scale: *pixel_scale,
        class_names: train.class_names.clone(),
        normalizer: normalizer.clone(),
        sha256: fingerprint(splits),
    }
}

/// A score in the form that run directories store.
pub fn scores(score: &Score) -> Scores {
    Scores::new(score.loss, score.metrics().map(|(metric, value)| (metric.name(), value)))
}
