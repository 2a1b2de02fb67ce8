//! The validation part, which is set aside to choose the best epoch.

use crate::support::Lab;
use serde_json::Value;

const CONFIG: &str = r#"
name = "validated"
[data]
source = "synthetic"
n_samples = 200
n_features = 5
flip_y = 0.3
validation_fraction = 0.25
normalize = "standard"
stratify = true
[model]
kind = "mlp"
hidden = [30]
init = { scheme = "kaiming-uniform" }
[training]
epochs = 40
batch_size = 10
[training.optimizer]
kind = "adam"
learning_rate = 0.03
"#;

fn trained(select: &str) -> (Lab, Value) {
    let lab = Lab::new();
    lab.write("config.toml", CONFIG);
    let set = format!("training.select={select}");
    lab.run(&["train", "config.toml", "--dashboard", "none", "--set", &set]).succeeds();
    let record = serde_json::from_str(&lab.read("artifacts/validated/run.json")).unwrap();
    (lab, record)
}

#[test]
fn the_weights_of_the_best_epoch_are_kept() {
    let best = |values: &[f64], better: fn(f64, f64) -> bool| {
        let first = (0, values[0]);
        let best = (1..)
            .zip(&values[1..])
            .fold(first, |best, (epoch, &value)| if better(value, best.1) { (epoch, value) } else { best });
        best.0 + 1
    };
    for (select, metric) in [("loss", "loss"), ("accuracy", "accuracy"), ("last", "loss")] {
        let (lab, record) = trained(select);
        let values = lab.metric("validated", "valid", metric);
        assert_eq!(values.len(), 40);
        let epoch = match select {
            "loss" => best(&values, |value, best| value < best),
            "accuracy" => best(&values, |value, best| value > best),
            _ => 40,
        };
        assert_eq!(record["selected_epoch"], epoch);
        assert!(
            select == "last" || epoch < 40,
            "the best epoch must not be the last for this to say anything"
        );
        // The weights on disk are those of that epoch, to the last bit of the loss.
        let said = lab.emberlab("evaluate validated --split validation --json").succeeds();
        let evaluation: Value = serde_json::from_str(&said.stdout).unwrap();
        assert_eq!(evaluation[metric], values[epoch - 1]);
        assert_eq!(record["metrics"]["validation"][metric], values[epoch - 1]);
        let said = lab.emberlab("evaluate validated --json").succeeds();
        let evaluation: Value = serde_json::from_str(&said.stdout).unwrap();
        assert_eq!(evaluation["loss"], record["metrics"]["test"]["loss"]);
    }
}

#[test]
fn the_test_part_is_scored_once_at_the_end() {
    let (lab, record) = trained("loss");
    assert_eq!(lab.metric("validated", "test", "loss").len(), 1);
    let csv = lab.read("artifacts/validated/metrics.csv");
    let last = csv.lines().last().unwrap();
    let (epoch, updates) = (record["selected_epoch"].as_u64().unwrap(), 12);
    assert!(last.starts_with(&format!("test,{epoch},{},accuracy,", updates * epoch)), "{last}");
    assert_eq!(record["data"]["n_train"], 112);
    assert_eq!(record["data"]["n_validation"], 38);
    assert_eq!(record["data"]["n_test"], 50);
    assert_eq!(record["data"]["normalizer"]["mean"].as_array().unwrap().len(), 5);
}

#[test]
fn validation_can_be_rarer_and_the_last_epoch_is_never_left_out() {
    let lab = Lab::new();
    lab.write("config.toml", CONFIG);
    let said =
        lab.emberlab("train config.toml --set training.epochs=5 --set training.validate_every=3").succeeds();
    let lines: Vec<&str> = said.stdout.lines().filter(|line| line.starts_with("epoch")).collect();
    let with: Vec<bool> = lines.iter().map(|line| line.contains("  validation loss ")).collect();
    assert_eq!(with, [false, false, true, false, true]);
    assert!(said.stdout.contains(" by the validation part, whose weights are kept\n"));
    let csv = lab.read("artifacts/validated/metrics.csv");
    let epochs: Vec<&str> = csv
        .lines()
        .filter(|line| line.starts_with("valid") && line.contains("loss"))
        .map(|line| line.split(',').nth(1).unwrap())
        .collect();
    assert_eq!(epochs, ["3", "5"]);
}

#[test]
fn a_run_is_evaluated_with_a_warning_when_its_data_has_changed() {
    let (lab, _) = trained("loss");
    let config = lab.read("artifacts/validated/config.toml").replace("n_samples = 200", "n_samples = 201");
    lab.write("artifacts/validated/config.toml", config);
    let said = lab.emberlab("evaluate validated");
    assert_eq!(said.code, 0);
    let wanted = "warning: the data is not what the run was trained on: its SHA-256 is another one\n";
    assert_eq!(said.stderr, wanted);
}

#[test]
fn a_damaged_normalizer_is_found_out() {
    let (lab, _) = trained("loss");
    let mut record: Value = serde_json::from_str(&lab.read("artifacts/validated/run.json")).unwrap();
    record["data"]["normalizer"]["mean"] = serde_json::json!([1.0]);
    lab.write("artifacts/validated/run.json", record.to_string());
    let wanted = "error: `artifacts/validated/run.json` does not fit the run's `config.toml`";
    lab.emberlab("evaluate validated").fails(3, wanted);
}

#[test]
fn patience_counts_validations_and_a_baseline_must_be_reached() {
    let lab = Lab::new();
    lab.write("config.toml", CONFIG);
    let run = |set: &str| {
        let stopping = format!("--set training.validate_every=3 --set training.epochs=120 {set}");
        lab.emberlab(&format!("train config.toml --overwrite {stopping}")).succeeds();
        let losses = lab.metric("validated", "valid", "loss");
        let record: Value = serde_json::from_str(&lab.read("artifacts/validated/run.json")).unwrap();
        (losses, record)
    };
    let (losses, record) = run("--set training.early_stopping.patience=2");
    // Two validations in a row, which are six epochs, were not better.
    let least = losses.iter().copied().fold(f64::INFINITY, f64::min);
    let best = losses.iter().position(|&loss| loss == least).unwrap();
    assert_eq!(losses.len(), best + 3);
    assert_eq!(
        (record["stopped_early"].as_bool(), record["selected_epoch"].as_u64()),
        (Some(true), Some(3 * (best as u64 + 1)))
    );
    // A baseline that nothing reaches: training ends at the first score that is no better, once two were counted.
    let (losses, record) =
        run("--set training.early_stopping.patience=2 --set training.early_stopping.baseline=0.0001");
    assert_eq!(record["stopped_early"], true);
    let falling = losses.windows(2).take_while(|pair| pair[1] < pair[0]).count();
    assert_eq!(losses.len(), falling.max(1) + 2);
    assert!(lab.read("artifacts/validated/config.toml").contains("baseline = 0.0001\n"));
}
