//! Comparison of the first ten steps of each optimizer with PyTorch, values from `tests/golden/torch_optimizers.py`.

use crate::support::{Lab, assert_close, root};
use safetensors::SafeTensors;
use serde::Deserialize;
use std::fs;

/// The tolerance of ten steps in f32 against f64.
const TOLERANCE: f64 = 1e-5;

#[derive(Deserialize)]
struct Golden {
    runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    /// The lines of `[training.optimizer]`.
    optimizer: String,
    losses: Vec<f64>,
    /// Weight and bias of each layer.
    weights: Vec<Vec<f64>>,
}

#[test]
fn ten_steps_of_each_optimizer_equal_pytorch() {
    let golden = fs::read(root().join("tests/golden/torch_optimizers.json")).unwrap();
    let runs = serde_json::from_slice::<Golden>(&golden).unwrap().runs;
    assert_eq!(runs.len(), 28);
    let config = fs::read_to_string(root().join("tests/golden/cases/optimizers.toml")).unwrap();
    for run in runs {
        let lab = Lab::new();
        lab.write("config.toml", config.replace("learning_rate = 0.1\n", &format!("{}\n", run.optimizer)));
        lab.emberlab("train config.toml").succeeds();
        assert_close(&run.optimizer, &lab.metric("optimizers", "train", "loss"), &run.losses, TOLERANCE);
        let bytes = lab.bytes("artifacts/optimizers/model.safetensors");
        let weights = SafeTensors::deserialize(&bytes).unwrap();
        for (index, expected) in run.weights.iter().enumerate() {
            let name = format!("layers.{}.{}", index / 2, ["weight", "bias"][index % 2]);
            let tensor = weights.tensor(&name).unwrap();
            let values = tensor.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
            let values: Vec<f64> = values.map(f64::from).collect();
            assert_close(&format!("{} {name}", run.optimizer), &values, expected, TOLERANCE);
        }
    }
}
