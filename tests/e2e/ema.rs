//! The average of the weights against PyTorch, values from `tests/golden/torch_ema.py`.

use crate::support::{Lab, root};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;

/// The tolerance of twenty updates in f32 against f64.
const TOLERANCE: f64 = 1e-5;

#[derive(Deserialize)]
struct Golden {
    updates: usize,
    learning_rate: f64,
    momentum: f64,
    runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    decay: f64,
    every: usize,
    /// The average at the end, running means included, by name.
    tensors: BTreeMap<String, Vec<f64>>,
    /// The loss of the test part with the average.
    test_loss: f64,
}

/// A run of the case `optimizers.toml` with batch norm and the lines `more` of `[training]`.
fn train(golden: &Golden, gradient: &str, more: &str, arguments: &str) -> Lab {
    let config = fs::read_to_string(root().join("tests/golden/cases/optimizers.toml")).unwrap();
    let Golden { updates, learning_rate, momentum, .. } = golden;
    let config = config
        .replace("gradient = \"manual\"", &format!("gradient = {gradient:?}\nbatch_norm = true"))
        .replace("epochs = 10", &format!("epochs = {updates}\n{more}"))
        .replace(
            "learning_rate = 0.1",
            &format!("kind = \"sgd\"\nlearning_rate = {learning_rate}\nmomentum = {momentum}"),
        );
    let lab = Lab::new();
    lab.write("config.toml", config);
    lab.emberlab(&format!("train config.toml {arguments}")).succeeds();
    lab
}

fn golden() -> Golden {
    serde_json::from_slice(&fs::read(root().join("tests/golden/torch_ema.json")).unwrap()).unwrap()
}

#[test]
fn the_average_of_the_weights_equals_pytorch_and_is_tested_and_saved() {
    let golden = golden();
    for gradient in ["manual", "autodiff"] {
        for Run { decay, every, tensors, test_loss } in &golden.runs {
            let lab = train(&golden, gradient, &format!("ema = {{ decay = {decay}, every = {every} }}"), "");
            for (name, expected) in tensors {
                let (_, values) = lab.tensor("optimizers", name);
                assert_eq!(values.len(), expected.len());
                for (value, expected) in values.iter().zip(expected) {
                    assert!((value - expected).abs() <= TOLERANCE, "{decay} {name}: {value} for {expected}");
                }
            }
            let loss = lab.metric("optimizers", "test", "loss")[0];
            assert!((loss - test_loss).abs() <= TOLERANCE, "{decay}: {loss} for {test_loss}");
        }
    }
}

#[test]
fn validation_scores_are_those_of_the_average() {
    let golden = golden();
    let validation = "--set data.validation_fraction=0.2 --set training.select=last";
    let valid = |more: &str| train(&golden, "manual", more, validation).metric("optimizers", "valid", "loss");
    let (weights, average) = (valid(""), valid("ema = { decay = 0.5, every = 20 }"));
    // With a decay of 0 the average is the weights.
    assert_eq!(valid("ema = { decay = 0.0 }"), weights);
    // Before its first change the average is the initial weights.
    assert!(average[..19].iter().all(|loss| *loss == average[0]) && average[19] != average[0]);
}
