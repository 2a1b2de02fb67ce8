//! Comparison of whole runs with the lab in NumPy, values from `tests/golden/curves.py`.

use crate::support::{Lab, cifar10, root};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The tolerance of f32 against f64 over a whole run.
const TOLERANCE: f64 = 1e-4;

#[derive(Deserialize)]
struct Golden {
    #[serde(rename = "data_batch_1.bin")]
    records_sha256: String,
    curves: BTreeMap<String, Curve>,
}

#[derive(Deserialize)]
struct Curve {
    losses: Vec<f64>,
    accuracies: Option<Vec<f64>>,
    test_loss: f64,
    test_accuracy: f64,
    weights: Option<Vec<Layer>>,
}

#[derive(Deserialize)]
struct Layer {
    weight: Vec<Vec<f64>>,
    bias: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_slice(&fs::read(root().join("tests/golden/curves.json")).unwrap()).unwrap()
}

#[track_caller]
fn assert_close(what: &str, values: &[f64], expected: &[f64]) {
    assert_eq!(values.len(), expected.len(), "{what}");
    for (index, (value, expected)) in values.iter().zip(expected).enumerate() {
        let difference = (value - expected).abs();
        assert!(difference <= TOLERANCE, "{what}[{index}]: {value} for {expected}");
    }
}

/// Trains `config` by one gradient rule and compares all files of the run.
fn assert_equal(config: &str, curve: &Curve, gradient: &str, directory: Option<&str>) {
    let lab = Lab::new();
    let path = root().join(config);
    let gradient = format!("model.gradient={gradient}");
    let directory = format!("data.directory={}", directory.unwrap_or("data"));
    let mut arguments = vec!["train", path.to_str().unwrap(), "--name", "run", "--set", &gradient];
    if fs::read_to_string(&path).unwrap().contains("\"cifar10\"") {
        lab.write_pixel_set();
        arguments.extend(["--set", &directory]);
    }
    lab.run(&arguments).succeeds();

    let what = format!("{config}, {gradient}");
    assert_close(&format!("{what}: loss"), &lab.metric("run", "train", "loss"), &curve.losses);
    assert_close(&format!("{what}: test loss"), &lab.metric("run", "test", "loss"), &[curve.test_loss]);
    let accuracy = lab.metric("run", "test", "accuracy");
    assert_close(&format!("{what}: test accuracy"), &accuracy, &[curve.test_accuracy]);
    if let Some(accuracies) = &curve.accuracies {
        assert_close(&format!("{what}: accuracy"), &lab.metric("run", "train", "accuracy"), accuracies);
    }
    for (index, layer) in curve.weights.iter().flatten().enumerate() {
        let (n_outputs, n_inputs) = (layer.weight.len(), layer.weight[0].len());
        for (name, shape, expected) in [
            ("weight", vec![n_outputs, n_inputs], layer.weight.concat()),
            ("bias", vec![n_outputs], layer.bias.clone()),
        ] {
            let (is, values) = lab.tensor("run", &format!("layers.{index}.{name}"));
            assert_eq!(is, shape);
            assert_close(&format!("{what}: {name} {index}"), &values, &expected);
        }
    }
}

fn assert_all_equal(select: impl Fn(&str) -> bool, directory: Option<&str>) -> usize {
    let golden = golden();
    let selected: Vec<_> = golden.curves.iter().filter(|(config, _)| select(config)).collect();
    for (config, curve) in &selected {
        for gradient in ["manual", "autodiff"] {
            assert_equal(config, curve, gradient, directory);
        }
    }
    selected.len()
}

#[test]
fn the_synthetic_experiments_of_the_lab_equal_numpy_at_every_update() {
    assert_eq!(assert_all_equal(|config| config.starts_with("configs/lab/synthetic"), None), 4);
}

#[test]
fn other_seeds_sizes_rates_outputs_and_optimizers_equal_numpy_too() {
    assert_eq!(assert_all_equal(|config| config.starts_with("tests/golden/cases"), None), 10);
}

#[test]
#[ignore = "needs the part of CIFAR-10 that the golden values are of: EMBERLAB_CIFAR10_DIR"]
fn the_image_experiments_of_the_lab_equal_numpy_at_every_epoch() {
    let directory = cifar10();
    let records = Path::new(&directory).join("cifar-10-batches-bin/data_batch_1.bin");
    let sha256: String =
        Sha256::digest(fs::read(records).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(sha256, golden().records_sha256, "the golden values are of other images");
    assert_eq!(assert_all_equal(|config| config.starts_with("configs/lab/cifar10"), Some(&directory)), 4);
}
