//! `emberlab why` on runs made to fail, each in one way.

use crate::support::{Lab, json};

/// A run that learns.
const CONFIG: &str = r#"
name = "run"
[data]
source = "synthetic"
n_samples = 400
n_features = 6
n_informative = 4
n_classes = 3
n_clusters_per_class = 1
class_sep = 2.0
normalize = "standard"
[model]
kind = "mlp"
hidden = [16]
init = { scheme = "kaiming-uniform" }
[training]
epochs = 30
batch_size = 20
shuffle = true
[training.optimizer]
learning_rate = 0.1
"#;

/// The settings that make a run fail, the beginning of the cause, and a setting that must be among those to try.
const FAILURES: [(&str, &[&str], &str, &str); 12] = [
    (
        "a rate without measure",
        &["training.optimizer.learning_rate=1e30"],
        "The training diverged",
        "training.optimizer.learning_rate=1e28",
    ),
    (
        "a rate too high",
        &["model.kind=linear", "training.optimizer.learning_rate=300"],
        "The learning rate is too high",
        "training.optimizer.learning_rate=30.0",
    ),
    (
        "a rate too low",
        &["training.optimizer.learning_rate=1e-5"],
        "The learning rate is too low",
        "training.optimizer.learning_rate=0.0001",
    ),
    (
        "too few epochs",
        &["training.epochs=1", "training.batch_size=4", "training.optimizer.learning_rate=0.005"],
        "The training ended while",
        "training.epochs=3",
    ),
    (
        "equal weights",
        &["model.init={ scheme = \"normal\", std = 1e-9 }"],
        "The weights of `layers.0` are nearly equal",
        "model.init={ scheme = \"kaiming-uniform\" }",
    ),
    (
        "dead units",
        &["model.hidden=[1, 1, 1, 1, 1, 1]"],
        "No gradient reaches `layers.0`",
        "model.activation=leaky-relu",
    ),
    (
        "saturated units",
        &["model.activation=tanh", "model.init={ scheme = \"normal\", std = 30.0 }"],
        "The units behind `layers.0` are saturated",
        "model.init={ scheme = \"xavier-uniform\" }",
    ),
    (
        "many layers of sigmoid",
        &["model.activation=sigmoid", "model.hidden=[16, 16, 16, 16, 16, 16]"],
        "The gradient vanishes",
        "model.activation=relu",
    ),
    (
        "large inputs",
        &["data.normalize=none", "data.scale=1000.0", "training.optimizer.learning_rate=0.0001"],
        "The inputs are large",
        "data.normalize=standard",
    ),
    (
        "weight decay",
        &["training.optimizer.weight_decay=5.0"],
        "The penalty on the weights is too strong",
        "training.optimizer.weight_decay=0.0001",
    ),
    (
        "a rare class",
        &[
            "data.n_classes=2",
            "data.weights=[0.95, 0.05]",
            "data.class_sep=0.3",
            "training.optimizer.learning_rate=0.01",
        ],
        "The classes are not balanced",
        "training.class_weights=balanced",
    ),
    (
        "labels that are drawn at random",
        &[
            "data.n_samples=150",
            "data.flip_y=1.0",
            "model.hidden=[256]",
            "training.epochs=400",
            "training.optimizer.kind=adam",
            "training.optimizer.learning_rate=0.002",
        ],
        "The network knows its training samples by heart",
        "model.dropout=0.3",
    ),
];

/// A command with `--set` before each setting.
fn words<'a>(command: &[&'a str], settings: &[&'a str]) -> Vec<&'a str> {
    let settings = settings.iter().flat_map(|setting| ["--set", setting]);
    command.iter().copied().chain(settings).collect()
}

#[test]
fn each_failure_is_named_first_and_its_settings_can_be_used() {
    let lab = Lab::new();
    lab.write("run.toml", CONFIG);
    for (name, settings, cause, setting) in FAILURES {
        lab.run(&words(&["train", "run.toml", "--overwrite"], settings));
        let found = json(&lab.emberlab("why run --json").succeeds().stdout);
        let first = &found[0];
        assert!(first["cause"].as_str().is_some_and(|found| found.starts_with(cause)), "{name}: {found:#}");
        let to_try: Vec<&str> =
            first["settings"].as_array().unwrap().iter().map(|setting| setting.as_str().unwrap()).collect();
        assert!(to_try.contains(&setting), "{name}: {to_try:?}");
        for setting in to_try {
            let said = lab.run(&words(&["config", "check", "artifacts/run/config.toml"], &[setting]));
            assert_eq!(said.code, 0, "{name}: {setting}: {}", said.stderr);
        }
    }
}

#[test]
fn a_run_that_learns_has_no_cause() {
    let lab = Lab::new();
    lab.write("run.toml", CONFIG);
    lab.emberlab("train run.toml").succeeds();
    assert!(
        lab.emberlab("why run")
            .succeeds()
            .stdout
            .ends_with("\nNothing in its files shows a reason not to learn.\n")
    );
}
