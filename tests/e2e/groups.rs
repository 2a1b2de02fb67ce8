//! Groups of parameters against PyTorch, values from `tests/golden/torch_groups.py`.

use crate::support::{Lab, assert_close, root};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;

/// The tolerance of twelve updates in f32 against f64.
const TOLERANCE: f64 = 1e-5;

#[derive(Deserialize)]
struct Golden {
    epochs: usize,
    batch_size: usize,
    runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    /// The lines of `[training.optimizer]` and of the tables after it.
    optimizer: String,
    losses: Vec<f64>,
    /// The weights and running means at the end, by name.
    tensors: BTreeMap<String, Vec<f64>>,
}

#[test]
fn groups_of_parameters_equal_pytorch() {
    let golden = fs::read(root().join("tests/golden/torch_groups.json")).unwrap();
    let Golden { epochs, batch_size, runs } = serde_json::from_slice(&golden).unwrap();
    let config = fs::read_to_string(root().join("tests/golden/cases/optimizers.toml")).unwrap();
    for gradient in ["manual", "autodiff"] {
        for run in &runs {
            let config = config
                .replace("gradient = \"manual\"", &format!("gradient = {gradient:?}\nbatch_norm = true"))
                .replace("epochs = 10", &format!("epochs = {epochs}\nbatch_size = {batch_size}"))
                .replace("learning_rate = 0.1\n", &run.optimizer);
            let lab = Lab::new();
            lab.write("config.toml", config);
            lab.emberlab("train config.toml").succeeds();
            assert_close(&run.optimizer, &lab.metric("optimizers", "train", "loss"), &run.losses, TOLERANCE);
            for (name, expected) in &run.tensors {
                let (_, values) = lab.tensor("optimizers", name);
                assert_close(&format!("{} {name}", run.optimizer), &values, expected, TOLERANCE);
            }
        }
    }
}

#[test]
fn a_group_that_selects_nothing_is_an_error_that_lists_what_there_is() {
    let config = fs::read_to_string(root().join("tests/golden/cases/optimizers.toml")).unwrap();
    let groups = "[[training.optimizer.groups]]\nlayers = [\"convolution\"]\nfrozen = true\n\
                  [[training.optimizer.groups]]\ntensors = \"weight\"\nlearning_rate = 1.0\n\
                  [[training.optimizer.groups]]\nnames = [\"layers.0.weight\"]\nlearning_rate = 2.0\n";
    let lab = Lab::new();
    lab.write("config.toml", format!("{config}{groups}"));
    lab.emberlab("train config.toml").fails(
        2,
        "error: config.toml:24:1: `training.optimizer.groups.0` selects no parameter; the model has `layers.0.weight` \
         (linear), `layers.0.bias` (linear), `layers.1.weight` (linear), `layers.1.bias` (linear)\n\
         error: config.toml:30:1: `training.optimizer.groups.2` selects no parameter; the model has `layers.0.bias` \
         (linear), `layers.1.bias` (linear); earlier groups have `layers.0.weight` (linear), `layers.1.weight` (linear)",
    );
    assert!(!lab.exists("artifacts/optimizers"));
}
