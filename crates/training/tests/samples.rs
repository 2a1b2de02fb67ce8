//! Samples and networks of a program that do not fit are refused, before there is a run directory.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::tensor::backend::AutodiffBackend;
use emberlab_config::Config;
use emberlab_data::{Features, ImageShape, LabelledData, Part, Splits};
use emberlab_models::layers::AnyLayer;
use emberlab_models::{CustomNetwork, LayerBuilder, LayerSpec};
use emberlab_run::Existing;
use emberlab_training::Trainer;
use emberlab_training::host::QuietHost;
use emberlab_training::train::TrainOptions;
use std::path::Path;

fn config(source: &str, model: &str) -> Config {
    let config = Config::builder("run").set("data.source", source).set("model.kind", model);
    config.set("training.epochs", 2).set("training.optimizer.learning_rate", 0.1).build().unwrap()
}

/// Two features and three classes.
fn part(n: usize) -> Part {
    let samples = LabelledData {
        features: Features::table((0..2 * n).map(|value| value as f64).collect(), 2),
        labels: (0..n).map(|row| row as u32 % 3).collect(),
        class_names: ["a", "b", "c"].map(str::to_owned).to_vec(),
    };
    Part { samples, rows: (0..n).collect() }
}

fn splits() -> Splits {
    Splits { train: part(9), validation: None, test: part(3) }
}

/// Makes samples wrong.
type Spoil = fn(&mut Splits);

/// The message of a training that must fail.
fn refused(trainer: &Trainer<'_>) -> String {
    let folder = tempfile::TempDir::new().unwrap();
    let artifacts = folder.path().to_owned();
    let options =
        TrainOptions { artifacts, existing: Existing::Keep, wait: false, git_commit: "unknown".into() };
    let error = trainer.train(&options, &QuietHost::shared()).unwrap_err().to_string();
    assert!(!Path::new(folder.path()).join("run/config.toml").exists(), "{error}");
    error
}

#[test]
fn samples_that_are_not_whole_are_refused() {
    let config = config("custom", "linear");
    let change = |change: Spoil| {
        let mut splits = splits();
        change(&mut splits);
        refused(&Trainer::new(&config).samples(splits))
    };
    let cases: [(Spoil, &str); 7] = [
        (|all| all.train = part(0), "the training part of the program has no samples"),
        (|all| all.train.samples.class_names.truncate(1), "the number of classes is 1, must be 2 or more"),
        (
            |all| all.test.samples.labels[1] = 3,
            "the test part of the program has the label 3, must have labels below 3",
        ),
        (|all| all.train.samples.labels.truncate(8), "has 8 labels, but 18 features and 9 row numbers"),
        (
            |all| all.test.samples.class_names.swap(0, 1),
            "has other columns or classes than the training part",
        ),
        (
            |all| all.train.samples.features = Features::table([vec![f64::NAN], vec![0.0; 17]].concat(), 2),
            "has a feature that is not finite",
        ),
        (
            |all| {
                let shape = ImageShape { channels: 3, height: 1, width: 1 };
                all.train.samples.features = Features::Images { pixels: vec![0; 27], shape };
            },
            "must be no images without `image_size`",
        ),
    ];
    for (spoil, message) in cases {
        let said = change(spoil);
        assert!(said.contains("`data.source` is \"custom\", but ") && said.contains(message), "{said}");
    }
}

#[test]
fn what_only_one_of_program_and_configuration_has_is_refused() {
    let [given, custom] = [config("synthetic", "linear"), config("custom", "custom")];
    let said = refused(&Trainer::new(&given).samples(splits()));
    assert!(said.contains("`data.source` must be \"custom\": the program brings the samples"), "{said}");
    let said = refused(&Trainer::new(&given).network(Outputs(2)));
    assert!(said.contains("`model.kind` must be \"custom\": the program brings the network"), "{said}");
    let said = refused(&Trainer::new(&custom));
    assert!(said.contains("`data.source` is \"custom\": the samples come from a program"), "{said}");
    let said = refused(&Trainer::new(&custom).samples(splits()));
    assert!(said.contains("`model.kind` is \"custom\": the network is built by a program"), "{said}");
}

#[test]
fn a_network_with_other_outputs_than_classes_is_refused() {
    let config = config("custom", "custom");
    let said = refused(&Trainer::new(&config).samples(splits()).network(Outputs(4)));
    assert!(said.contains("the program's network has 4 outputs, must have 3"), "{said}");
}

/// A linear layer.
#[derive(Debug)]
struct Outputs(usize);

impl CustomNetwork for Outputs {
    fn layers<B: AutodiffBackend>(&self, builder: &mut LayerBuilder<'_, B>) -> Vec<AnyLayer<B>> {
        vec![builder.layer(&LayerSpec::Linear { n_inputs: 2, n_outputs: self.0, bias: true, scheme: None })]
    }
}
