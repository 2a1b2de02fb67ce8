//! Losses with class weights and label smoothing against PyTorch, values from `tests/golden/torch_training.py`.

use crate::support::{Lab, assert_close, json, root};
use safetensors::SafeTensors;
use serde::Deserialize;
use std::fs;

/// The tolerance of twelve updates in f32 against f64.
const TOLERANCE: f64 = 1e-5;

#[derive(Deserialize)]
struct Golden {
    epochs: usize,
    learning_rate: f64,
    runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    batch_size: usize,
    class_weights: Option<Vec<f64>>,
    label_smoothing: f64,
    losses: Vec<f64>,
    /// The mean loss over each epoch, each sample by its class weight.
    passes: Vec<f64>,
    /// The plain cross-entropy at the end.
    test_loss: f64,
    weights: Vec<Vec<f64>>,
}

/// A batch as a whole, accumulated from smaller ones, and shared by several devices.
#[test]
fn batches_in_parts_weigh_by_their_class_weights_as_pytorch() {
    let golden = fs::read(root().join("tests/golden/torch_training.json")).unwrap();
    let golden = serde_json::from_slice::<Golden>(&golden).unwrap();
    let config = fs::read_to_string(root().join("tests/golden/cases/optimizers.toml")).unwrap();
    for (index, run) in golden.runs.iter().enumerate() {
        for (accumulate, count, gradient) in [
            (1, 1, "autodiff"),
            (3, 1, "manual"),
            (3, 1, "autodiff"),
            (1, 3, "manual"),
            (3, 2, "autodiff"),
            (1, 24, "manual"),
        ] {
            let (size, smoothing) = (run.batch_size / accumulate, run.label_smoothing);
            let weights = run.class_weights.as_ref().map(|weights| format!("class_weights = {weights:?}\n"));
            let training = format!(
                "epochs = {}\nbatch_size = {size}\naccumulate = {accumulate}\nlabel_smoothing = {smoothing}\n{}",
                golden.epochs,
                weights.unwrap_or_default()
            );
            let text = config
                .replace("epochs = 10\n", &training)
                .replace("learning_rate = 0.1", &format!("learning_rate = {}", golden.learning_rate));
            let lab = Lab::new();
            lab.write("config.toml", text);
            let set = ["model.gradient", "device.count"];
            let set = set.iter().zip([gradient.to_owned(), count.to_string()]);
            let set: Vec<String> = set.map(|(key, value)| format!("--set {key}={value}")).collect();
            let said = lab.emberlab(&format!("train config.toml {}", set.join(" "))).succeeds();
            let told = said
                .stdout
                .contains("loss   of training as it is minimised; of validation and test the plain ");
            assert!(told, "{}", said.stdout);

            let what = format!("run {index}, {accumulate} batches on {count} devices, {gradient}");
            assert_close(&what, &lab.metric("optimizers", "train", "loss"), &run.losses, TOLERANCE);
            assert_close(&what, &lab.metric("optimizers", "test", "loss"), &[run.test_loss], TOLERANCE);
            let record = json(&lab.read("artifacts/optimizers/run.json"));
            let pass = record["metrics"]["train"]["loss"].as_f64().unwrap();
            assert_close(&what, &[pass], &run.passes[run.passes.len() - 1..], TOLERANCE);
            let evaluated = json(&lab.emberlab("evaluate optimizers --json").succeeds().stdout);
            assert_close(&what, &[evaluated["loss"].as_f64().unwrap()], &[run.test_loss], TOLERANCE);
            let bytes = lab.bytes("artifacts/optimizers/model.safetensors");
            let weights = SafeTensors::deserialize(&bytes).unwrap();
            for (index, expected) in run.weights.iter().enumerate() {
                let name = format!("layers.{}.{}", index / 2, ["weight", "bias"][index % 2]);
                let tensor = weights.tensor(&name).unwrap();
                let values = tensor.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
                assert_close(&what, &values.map(f64::from).collect::<Vec<_>>(), expected, TOLERANCE);
            }
        }
    }
}

/// The mean of `-ln p` of the true class, from the predictions of a run.
fn log_loss(lab: &Lab, run: &str) -> f64 {
    let csv = lab.read(&format!("artifacts/{run}/predictions.csv"));
    let losses: Vec<f64> = csv
        .lines()
        .skip(1)
        .map(|line| {
            // row, class, prediction, and the probability of each class
            let cells: Vec<&str> = line.split(',').collect();
            let class: usize = cells[1].parse().unwrap();
            -cells[3 + class].parse::<f64>().unwrap().ln()
        })
        .collect();
    losses.iter().sum::<f64>() / losses.len() as f64
}

const SMOOTHED: &str = r#"
name = "smoothed"
[data]
source = "synthetic"
n_samples = 160
n_features = 5
flip_y = 0.2
validation_fraction = 0.25
[model]
kind = "mlp"
hidden = [6]
init = { scheme = "xavier-uniform" }
[training]
epochs = 6
batch_size = 10
label_smoothing = 0.3
class_weights = [1, 4]
[training.optimizer]
kind = "adam"
learning_rate = 0.02
"#;

#[test]
fn validation_test_and_evaluate_report_the_plain_cross_entropy() {
    for output in ["softmax", "sigmoid"] {
        let lab = Lab::new();
        lab.write(
            "config.toml",
            SMOOTHED.replace("hidden = [6]", &format!("hidden = [6]\noutput = \"{output}\"")),
        );
        lab.emberlab("train config.toml --dashboard none").succeeds();
        let plain = log_loss(&lab, "smoothed");
        assert_close(output, &lab.metric("smoothed", "test", "loss"), &[plain], TOLERANCE);
        let loss = |split: &str| {
            let said = lab.emberlab(&format!("evaluate smoothed --split {split} --json")).succeeds();
            json(&said.stdout)["loss"].as_f64().unwrap()
        };
        assert_close(output, &[loss("test")], &[plain], TOLERANCE);
        // The validation part chose the epoch by the same loss.
        let validation = lab.metric("smoothed", "valid", "loss");
        let least = validation.iter().copied().fold(f64::INFINITY, f64::min);
        assert_eq!(loss("validation"), least);
        // The training loss is what is minimised.
        let minimised = lab.metric("smoothed", "train", "loss");
        assert!((loss("train") - minimised[minimised.len() - 1]).abs() > 0.02);
    }
}
