//! Runs with more metrics than the accuracy.

use crate::support::{Lab, json};

const CONFIG: &str = r#"
name = "eight"
[data]
source = "synthetic"
n_samples = 400
n_features = 6
n_informative = 6
n_redundant = 0
n_classes = 8
n_clusters_per_class = 1
flip_y = 0.2
weights = [0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.05]
validation_fraction = 0.25
normalize = "standard"
[model]
kind = "linear"
[training]
epochs = 12
batch_size = 32
select = "top-5 accuracy"
[training.early_stopping]
metric = "loss"
patience = 12
[training.optimizer]
kind = "adam"
learning_rate = 0.02
[metrics]
names = ["accuracy", "top-5 accuracy"]
"#;

#[test]
fn every_metric_is_recorded_shown_and_chosen_by() {
    let lab = Lab::new();
    lab.write("eight.toml", CONFIG);
    let said = lab.emberlab("train eight.toml --dashboard plain").succeeds();
    let lines: Vec<&str> = said.stdout.lines().filter(|line| line.starts_with("epoch")).collect();
    assert_eq!(lines.len(), 12);
    assert!(lines.iter().all(|line| line.matches(" top-5 accuracy ").count() == 2), "{}", said.stdout);
    for row in ["training top-5 accuracy ", "validation top-5 accuracy ", "test top-5 accuracy "] {
        assert_eq!(said.stdout.matches(row).count(), 1, "{row} in {}", said.stdout);
    }

    // The first epoch with the largest value is kept.
    let record = json(&lab.read("artifacts/eight/run.json"));
    let values = lab.metric("eight", "valid", "top-5 accuracy");
    let best = values.iter().copied().fold(0.0, f64::max);
    let epoch = 1 + values.iter().position(|&value| value == best).unwrap();
    assert_eq!(record["selected_epoch"], epoch);
    assert_eq!(record["metrics"]["validation"]["top-5 accuracy"], best);
    // What `evaluate` counts from probabilities is what the device counts from logits.
    let evaluation = json(&lab.emberlab("evaluate eight --json").succeeds().stdout);
    assert_eq!(evaluation["top_k"][1]["k"], 5);
    assert_eq!(evaluation["top_k"][1]["accuracy"], record["metrics"]["test"]["top-5 accuracy"]);

    let runs = lab.emberlab("runs").succeeds().stdout;
    assert!(runs.contains("valid top-5 accuracy  test top-5 accuracy"), "{runs}");
    lab.emberlab("report eight").succeeds();
    assert!(lab.exists("artifacts/eight/plots/top-5-accuracy.png"));
    assert!(lab.read("artifacts/eight/report.html").contains("eight: top-5 accuracy"));
}

#[test]
fn runs_without_a_metric_say_so() {
    let lab = Lab::new();
    lab.write("eight.toml", CONFIG);
    let plain = "--set metrics.names=[] --set training.select=loss --set training.epochs=2";
    for name in ["a", "b"] {
        lab.emberlab(&format!("train eight.toml --dashboard none --name {name} {plain}")).succeeds();
    }
    let record = json(&lab.read("artifacts/a/run.json"));
    assert_eq!(record["metrics"]["test"].as_object().unwrap().len(), 1);
    let said = lab.run(&["compare", "a", "b", "--plot", "a.png", "--metric", "top-5 accuracy"]);
    assert_eq!((said.code, &*said.stderr), (2, "error: none of the runs has recorded `top-5 accuracy`\n"));
    lab.emberlab("compare a b --html both.html").succeeds();
    lab.emberlab("report a").succeeds();
    let sweep = ["sweep", "eight.toml", "--grid", "training.shuffle_seed=1,2", "--metric", "top-5 accuracy"];
    let sets: Vec<&str> = plain.split(' ').collect();
    let said = lab.run(&[&sweep[..], &sets[..]].concat());
    let wanted =
        "error: no run computes `top-5 accuracy`, which `--metric` ranks by; add it to `metrics.names`\n";
    assert_eq!((said.code, &*said.stderr), (2, wanted));
}

#[test]
fn a_sweep_ranks_by_a_metric() {
    let lab = Lab::new();
    lab.write("eight.toml", CONFIG);
    let sweep = [
        "sweep",
        "eight.toml",
        "--grid",
        "training.optimizer.learning_rate=0.0001,0.02",
        "--metric",
        "top-5 accuracy",
        "--json",
    ];
    let ranks = json(&lab.run(&sweep).succeeds().stdout);
    let means: Vec<f64> =
        ranks.as_array().unwrap().iter().map(|rank| rank["metric"]["mean"].as_f64().unwrap()).collect();
    assert!(means[0] >= means[1], "{means:?}");
    assert_eq!(ranks[0]["by"], "validation-top-5-accuracy");
}
