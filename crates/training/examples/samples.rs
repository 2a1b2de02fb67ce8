//! Samples of one's own: two spirals, drawn by this program, trained from a configuration with `source = "custom"`.
//!
//! The record of the run holds a fingerprint of the samples, so that a run is resumed only with the same ones.

#![expect(clippy::print_stdout, reason = "a program says what it did")]

use emberlab_config::Config;
use emberlab_data::{Features, LabelledData, RandomState, Splits, TestSize, TrainTestSplit};
use emberlab_run::Existing;
use emberlab_training::Trainer;
use emberlab_training::host::QuietHost;
use emberlab_training::train::TrainOptions;
use std::f64::consts::PI;

const CONFIG: &str = r#"
name = "spirals"

[data]
source = "custom"
validation_fraction = 0.2

[model]
kind = "mlp"
hidden = [32, 32]
activation = "tanh"
init = { scheme = "xavier-uniform" }

[training]
epochs = 60
batch_size = 32

[training.optimizer]
kind = "adam"
learning_rate = 0.01
"#;

/// Points on two spirals around each other, with noise; one class each.
fn spirals(n_samples: usize, random: &mut RandomState) -> LabelledData {
    let mut values = Vec::new();
    let mut labels = Vec::new();
    for sample in 0..n_samples {
        let class = (sample % 2) as u32;
        let turn = 1.0 + 2.0 * random.random_sample();
        let angle = PI * (turn + f64::from(class));
        values.push(turn * angle.cos() + 0.1 * random.standard_normal());
        values.push(turn * angle.sin() + 0.1 * random.standard_normal());
        labels.push(class);
    }
    let columns = vec!["x".to_owned(), "y".to_owned()];
    let class_names = vec!["first".to_owned(), "second".to_owned()];
    LabelledData { features: Features::Table { values, columns }, labels, class_names }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::parse("spirals.toml".as_ref(), CONFIG, &[])?;
    let samples = spirals(600, &mut RandomState::new(config.seed));
    let split = TrainTestSplit { test_size: TestSize::Share(0.25), stratify: true };
    let splits = Splits::divide(&samples, &split, config.data.split_seed)?;
    let artifacts = std::env::args_os().nth(1).unwrap_or("artifacts".into()).into();
    let options =
        TrainOptions { artifacts, existing: Existing::Resume, wait: false, git_commit: "unknown".into() };
    let report = Trainer::new(&config).samples(splits).train(&options, &QuietHost::shared())?;
    let test = report.test.ok_or("the test part is empty")?;
    println!("test loss {:.3}, run {}", test.loss, report.run.display());
    Ok(())
}
