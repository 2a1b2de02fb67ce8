//! A run trained by the library, without the binary.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::module::Module;
use burn::record::{FullPrecisionSettings, NamedMpkFileRecorder};
use emberlab_config::Config;
use emberlab_data::NoProgress;
use emberlab_models::NamedTensor;
use emberlab_run::Existing;
use emberlab_training::devices::{self, Backend};
use emberlab_training::host::{Host, QuietHost};
use emberlab_training::train::{TrainOptions, train};
use emberlab_training::{classifier, load};
use safetensors::SafeTensors;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

const N_EPOCHS: usize = 12;

fn config() -> Config {
    let text = format!(
        r#"
name = "tiny"
[data]
source = "synthetic"
n_samples = 60
n_features = 4
[model]
kind = "mlp"
hidden = [6, 5]
batch_norm = true
[training]
epochs = {N_EPOCHS}
batch_size = 15
[training.optimizer]
kind = "adam"
learning_rate = 0.02
"#
    );
    Config::parse(Path::new("tiny.toml"), &text, &[]).unwrap()
}

/// Trains the configuration and returns the run directory.
fn trained(artifacts: &Path) -> PathBuf {
    let options = TrainOptions {
        artifacts: artifacts.to_owned(),
        existing: Existing::Keep,
        wait: false,
        git_commit: "unknown".to_owned(),
    };
    let host: Arc<dyn Host> = Arc::new(QuietHost::default());
    train(&config(), &options, &host).unwrap().run
}

/// The mean training loss of each epoch in `metrics.csv`.
fn epoch_losses(run: &Path) -> Vec<f64> {
    let csv = fs::read_to_string(run.join("metrics.csv")).unwrap();
    let mut losses = vec![Vec::new(); N_EPOCHS];
    for line in csv.lines() {
        if let ["train", epoch, _, "loss", value] = line.split(',').collect::<Vec<_>>()[..] {
            losses[epoch.parse::<usize>().unwrap() - 1].push(value.parse::<f64>().unwrap());
        }
    }
    losses.iter().map(|losses| losses.iter().sum::<f64>() / losses.len() as f64).collect()
}

#[test]
fn the_loss_falls_and_the_run_directory_is_complete() {
    let folder = TempDir::new().unwrap();
    let run = trained(folder.path());
    let losses = epoch_losses(&run);
    assert!(losses[N_EPOCHS - 1] < 0.75 * losses[0], "{losses:?}");
    for name in [
        "config.toml",
        "run.json",
        "metrics.csv",
        "histograms.csv",
        "predictions.csv",
        "model.safetensors",
        "model.mpk",
    ] {
        assert!(fs::metadata(run.join(name)).unwrap().len() > 0, "{name} is empty");
    }
    // Empty if another run of this process began first: a process logs into the file of its first run.
    assert!(run.join("experiment.log").is_file());
    let record: serde_json::Value = serde_json::from_slice(&fs::read(run.join("run.json")).unwrap()).unwrap();
    // 45 training samples in batches of 15.
    assert_eq!((&record["outcome"], &record["updates"]), (&"finished".into(), &(3 * N_EPOCHS).into()));
}

#[test]
fn burn_reads_model_mpk_as_the_weights_of_model_safetensors() {
    let folder = TempDir::new().unwrap();
    let run = trained(folder.path());
    let bytes = fs::read(run.join("model.safetensors")).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let expected: BTreeMap<String, Vec<u32>> = file
        .tensors()
        .into_iter()
        .map(|(name, tensor)| {
            (name, tensor.data().as_chunks().0.iter().map(|b| u32::from_le_bytes(*b)).collect())
        })
        .collect();

    let config = config();
    let loaded = load(&config, &NoProgress).unwrap();
    let device = devices::device(&config.device).unwrap();
    let initial =
        classifier::<Backend>(&config, &loaded.splits.train.samples, &loaded.normalizer, &device).unwrap();
    let bits = |tensors: Vec<NamedTensor>| -> BTreeMap<String, Vec<u32>> {
        tensors
            .into_iter()
            .map(|tensor| (tensor.name, tensor.values.into_iter().map(f32::to_bits).collect()))
            .collect()
    };
    assert!(bits(initial.network().tensors()) != expected, "training did not change the weights");
    let recorder = NamedMpkFileRecorder::<FullPrecisionSettings>::default();
    let read = initial.load_file(run.join("model"), &recorder, &device).unwrap();
    assert_eq!(bits(read.network().tensors()), expected);
}
