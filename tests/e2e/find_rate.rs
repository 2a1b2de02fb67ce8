//! `find-rate`.

use crate::support::{Lab, assert_close, root};
use serde::Deserialize;
use std::fs;

/// Values from `tests/golden/find_rate.py`.
#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    from: f64,
    to: f64,
    updates: usize,
    rates: Vec<f64>,
    losses: Vec<f64>,
    smoothed: Vec<f64>,
    suggestion: f64,
}

/// The data, the network and the batches of the script.
const CONFIG: &str = r#"
name = "linear"
[data]
source = "synthetic"
n_samples = 200
n_features = 6
n_informative = 4
n_redundant = 0
n_classes = 3
[model]
kind = "linear"
init = { scheme = "normal", std = 0.0 }
[training]
epochs = 3
batch_size = 20
shuffle = true
[training.optimizer]
kind = "sgd"
learning_rate = 0.3
"#;

/// The rows of `rates.csv`.
fn rates(lab: &Lab, name: &str) -> Vec<[f64; 4]> {
    let text = lab.read(&format!("artifacts/{name}-find-rate/rates.csv"));
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("update,learning_rate,loss,smoothed_loss"));
    let row = |line: &str| {
        let numbers: Vec<f64> = line.split(',').map(|number| number.parse().unwrap()).collect();
        <[f64; 4]>::try_from(numbers).unwrap()
    };
    lines.map(row).collect()
}

#[test]
fn a_schedule_of_the_command_line_is_left_out_as_that_of_the_file_is() {
    let lab = Lab::new();
    lab.write("linear.toml", CONFIG);
    let plain = "find-rate linear.toml --updates 20 --to 1";
    assert_eq!(lab.emberlab(plain).code, 0);
    let expected = rates(&lab, "linear");
    for schedule in ["training.schedule.cosine={}", "training.schedule.kind=cosine"] {
        let said = lab.emberlab(&format!("{plain} --set {schedule}"));
        assert_eq!(said.code, 0, "{}", said.stderr);
        assert_eq!(rates(&lab, "linear"), expected, "{schedule}");
    }
}

#[test]
fn the_losses_are_those_of_sgd_under_rates_that_grow() {
    let lab = Lab::new();
    lab.write("linear.toml", CONFIG);
    let golden = fs::read(root().join("tests/golden/find_rate.json")).unwrap();
    for case in serde_json::from_slice::<Golden>(&golden).unwrap().cases {
        let Case { from, to, updates, .. } = case;
        for gradient in ["autodiff", "manual"] {
            let find = format!(
                "find-rate linear.toml --from {from} --to {to} --updates {updates} --set model.gradient={gradient}"
            );
            let said = lab.emberlab(&find).succeeds();
            let rows = rates(&lab, "linear");
            let column = |index: usize| rows.iter().map(|row| row[index]).collect::<Vec<_>>();
            assert_close(
                "update",
                &column(0),
                &(1..=case.rates.len()).map(|n| n as f64).collect::<Vec<_>>(),
                0.0,
            );
            let relative = |what: &str, column: Vec<f64>, wanted: &[f64], tolerance: f64| {
                let shares: Vec<f64> =
                    column.iter().zip(wanted).map(|(value, wanted)| value / wanted).collect();
                assert_close(what, &shares, &vec![1.0; wanted.len()], tolerance);
            };
            relative("rate", column(1), &case.rates, 1e-9);
            relative("loss", column(2), &case.losses, 1e-3);
            relative("smoothed loss", column(3), &case.smoothed, 1e-3);
            let wanted = format!("--set training.optimizer.learning_rate={:.2e}\n", case.suggestion);
            assert!(said.stdout.contains(&wanted), "{} for {wanted}", said.stdout);
            assert_eq!(said.stdout.contains("diverges"), case.rates.len() < updates);
        }
    }
    assert!(image::open(lab.path("artifacts/linear-find-rate/rates.png")).unwrap().width() > 500);
    assert!(lab.read("artifacts/linear-find-rate/rates.svg").starts_with("<svg"));
    assert!(!lab.exists("artifacts/linear"));
}

#[test]
fn other_schedules_give_way_and_groups_keep_their_ratio() {
    let lab = Lab::new();
    let other = CONFIG.replace("n_classes = 3", "n_classes = 3\nvalidation_fraction = 0.2").replace(
        "[training.optimizer]",
        "early_stopping = { patience = 1 }\nschedule = { kind = \"one_cycle\", warmup = { updates = 4 }, one_cycle = {} }\n\
         [training.optimizer]",
    );
    let group = "[[training.optimizer.groups]]\ntensors = \"bias\"\nlearning_rate = 0.6\n";
    lab.write("other.toml", other + group);
    let find = "find-rate other.toml --from 1e-3 --to 1 --updates 20 --set model.kind=mlp --set model.hidden=[3] \
                --set model.init.std=0.1";
    // The second replaces the first.
    for _ in 0..2 {
        let said = lab.emberlab(find);
        assert_eq!(said.code, 0, "{}", said.stderr);
        assert!(said.stderr.contains("`training.schedule.one_cycle` has no meaning"), "{}", said.stderr);
    }
    let rates = rates(&lab, "linear");
    assert_close("first and last rate", &[rates[0][1], rates[19][1]], &[1e-3, 1.0], 1e-12);
    // The factors are of the rate of each group.
    let config = lab.emberlab("config check artifacts/linear-find-rate/run/config.toml").succeeds();
    assert_eq!(config.stderr, "");
    let written = lab.read("artifacts/linear-find-rate/run/config.toml");
    for line in ["learning_rate = 0.3\n", "learning_rate = 0.6\n", "warmup = { updates = 1, start = 1.0 }\n"]
    {
        assert!(written.contains(line), "{written}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_search_and_leaves_no_rates() {
    let lab = Lab::new();
    lab.write("linear.toml", CONFIG);
    let mut child = lab.start("find-rate linear.toml --from 1e-9 --to 1e-6 --updates 1000000");
    child.wait_until("no update", || lab.exists("artifacts/linear-find-rate/run/metrics.csv"));
    child.signal(rustix::process::Signal::INT);
    let said = child.ends();
    let wanted = "error: stopped, as asked; the same command begins again";
    assert_eq!((said.stderr.trim_end(), said.code), (wanted, 130));
    assert!(!lab.exists("artifacts/linear-find-rate/rates.csv"));
    lab.emberlab("find-rate linear.toml --updates 20").succeeds();
    assert_eq!(rates(&lab, "linear").len(), 20);
}

#[test]
fn rates_that_cannot_be_tried_are_errors() {
    let lab = Lab::new();
    lab.write("linear.toml", CONFIG);
    for (arguments, wanted) in [
        ("--from 0", "must be a number above 0"),
        ("--to inf", "must be a number above 0"),
        ("--updates 2", "must be a whole number from 3 to 1000000"),
        ("--updates 1e3", "must be a whole number from 3 to 1000000"),
    ] {
        let said = lab.emberlab(&format!("find-rate linear.toml {arguments}"));
        assert_eq!(said.code, 2);
        assert!(said.stderr.contains(wanted), "{}", said.stderr);
    }
    let wanted = "error: the rates go from 0.1 to 0.01, must grow; give `--to` a larger value than `--from`";
    lab.emberlab("find-rate linear.toml --from 0.1 --to 0.01").fails(2, wanted);
    assert_eq!(lab.emberlab("find-rate missing.toml").code, 2);
    assert!(!lab.exists("artifacts"));
    let said = lab.emberlab("find-rate linear.toml --from 1e-30 --to 2e-30 --updates 5").succeeds();
    assert!(said.stdout.contains("rate   "), "{}", said.stdout);
}
