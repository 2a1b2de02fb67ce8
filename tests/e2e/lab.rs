//! The page of `emberlab lab`, number by number.

use crate::support::{Lab, cifar10, json, root};
use serde_json::Value;
use std::fs;

const PAGE: &str = "artifacts/lab/index.html";

fn golden(name: &str) -> Value {
    serde_json::from_slice(&fs::read(root().join("tests/golden").join(name)).unwrap()).unwrap()
}

/// The numbers with six decimals in a worked example, in reading order.
fn worked_numbers(section: &str) -> Vec<f64> {
    let parts: Vec<&str> = section.split("<mn>").collect();
    let numbers = parts.windows(2).filter_map(|pair| {
        let number = pair[1].split_once("</mn>").unwrap().0;
        let digits = number.split_once('.').map_or(0, |(_, digits)| digits.len());
        let value: f64 = number.parse().unwrap();
        (digits == 6).then_some(if pair[0].ends_with("<mtd><mi>−</mi>") { -value } else { value })
    });
    numbers.collect()
}

#[test]
fn the_worked_examples_are_those_of_numpy() {
    let lab = Lab::new();
    assert_eq!(lab.emberlab("lab").code, 0);
    let page = lab.read(PAGE);
    let sections: Vec<&str> = page.split("<section class=\"worked\">").skip(1).collect();
    let examples = golden("worked_example.json");
    assert_eq!(sections.len(), examples.as_array().unwrap().len());
    for (section, example) in sections.iter().zip(examples.as_array().unwrap()) {
        let shown = worked_numbers(section.split_once("</section>").unwrap().0);
        let parts = ["x", "theta", "z", "p", "likelihood", "loss", "difference", "gradient", "updated"];
        let wanted: Vec<f64> = parts
            .into_iter()
            .flat_map(|part| match &example[part] {
                Value::Array(values) => values.iter().map(|value| value.as_f64().unwrap()).collect(),
                value => vec![value.as_f64().unwrap()],
            })
            .collect();
        assert_eq!(shown.len(), wanted.len(), "{shown:?}");
        for (shown, wanted) in shown.iter().zip(&wanted) {
            assert!((shown.abs() - wanted.abs()).abs() < 1.6e-6, "{shown} for {wanted}");
            assert!(shown.signum() == wanted.signum() || wanted.abs() < 1e-6, "{shown} for {wanted}");
        }
    }
    // The example is the run's own first update.
    let first = lab.read("artifacts/lab/runs/synthetic-softmax-sgd/metrics.csv");
    let loss: f64 = first.lines().nth(1).unwrap().rsplit(',').next().unwrap().parse().unwrap();
    assert!((loss - examples[0]["loss"].as_f64().unwrap()).abs() < 1e-6);
}

#[test]
fn loss_lines_are_printed_as_the_notebook_does_and_equal_numpy() {
    let lab = Lab::new();
    lab.emberlab("lab");
    let page = lab.read(PAGE);
    for config in ["synthetic-softmax", "synthetic-binary"] {
        let curves = golden("curves.json");
        let losses = curves["curves"][format!("configs/lab/{config}.toml")]["losses"].as_array().unwrap();
        for (update, loss) in losses.iter().enumerate().step_by(200) {
            let line = format!("Iteration {update}/5000, Loss: {:.4}", loss.as_f64().unwrap());
            assert!(page.contains(&line), "{config}: {line}");
        }
    }
}

#[test]
fn without_images_the_page_says_how_to_get_them_and_shows_the_rest() {
    let lab = Lab::new();
    let said = lab.emberlab("lab");
    assert_eq!(said.code, 0);
    assert!(
        said.stderr.starts_with("warning: ") && said.stderr.contains("experiments on images are left out")
    );
    assert!(said.stdout.ends_with("\nartifacts/lab/index.html\n"), "{}", said.stdout);
    let page = lab.read(PAGE);
    assert!(page.contains("emberlab data fetch configs/lab/cifar10-linear.toml"));
    for shown in
        ["synthetic-softmax-sgd", "all derivatives agree", "82.50 %", "80.00 %", "href=\"#playground\""]
    {
        assert!(page.contains(shown), "{shown}");
    }
    for run in ["synthetic-softmax", "synthetic-binary-sgd"] {
        assert!(page.contains(&format!("href=\"runs/{run}/report.html\"")));
        assert!(lab.read(&format!("artifacts/lab/runs/{run}/report.html")).starts_with("<!DOCTYPE html>"));
    }
}

#[test]
fn images_are_run_with_many_seeds() {
    let lab = Lab::new();
    lab.write_pixel_set();
    let set = "--set data.train_samples=50 --set data.test_samples=20 --set training.epochs=3";
    lab.emberlab(&format!("lab {set}")).succeeds();
    let page = lab.read(PAGE);
    assert!(page.contains("among 16 seeds") && page.contains("flatten, training part"));
    assert!(page.contains("of 3 losses that the notebook printed") || page.contains("All 3 losses"));
    assert!(lab.exists("artifacts/lab/seeds/cifar10-mlp-manual-seed-16/model.safetensors"));
    assert!(!page.contains("not CIFAR-10"));
    // Run again, it replaces what it made.
    let shapes = "disc\nring\nsquare\nframe\ndiamond\ntriangle\nplus\ncross\nbars\ncolumns\n";
    lab.write("data/cifar-10-batches-bin/batches.meta.txt", shapes);
    lab.emberlab(&format!("lab {set}")).succeeds();
    assert!(lab.read(PAGE).contains("not CIFAR-10"));
}

#[test]
fn the_page_counts_what_the_settings_make_of_the_experiments() {
    let lab = Lab::new();
    // The key is of the stochastic experiments only: the batch experiments refuse it.
    let said = lab.emberlab("lab --artifacts elsewhere --set training.batch_size=8 --set training.epochs=20");
    assert_eq!(said.code, 0, "{}", said.stderr);
    let page = lab.read("elsewhere/lab/index.html");
    let n_train: usize =
        json(&lab.read("elsewhere/lab/runs/synthetic-softmax-sgd/run.json"))["data"]["n_train"]
            .as_u64()
            .unwrap()
            .try_into()
            .unwrap();
    let row = format!("<td>{}</td><td>{}</td>", 20 * n_train.div_ceil(8), 20 * n_train);
    assert!(page.replace(['\n', ' '], "").contains(&row), "{row}");
    assert!(page.contains("an update for each batch of 8 samples"));
    assert!(page.contains("emberlab lab --artifacts"));
}

/// Uses the official set, or a part of it.
#[test]
#[ignore = "needs CIFAR-10: EMBERLAB_CIFAR10_DIR"]
fn on_cifar10_the_published_losses_lie_within_the_spread_of_ours() {
    let lab = Lab::new();
    lab.emberlab(&format!("lab --set data.directory={}", cifar10())).succeeds();
    let page = lab.read(PAGE);
    for verdict in ["All 100 losses", "All 87 losses", "Epoch 100, Loss: ", "CIFAR-10"] {
        assert!(page.contains(verdict), "{verdict}");
    }
}

#[test]
fn what_no_experiment_can_set_is_refused() {
    let lab = Lab::new();
    lab.emberlab("lab --set name=x")
        .fails(2, "error: the lab names its runs itself; choose another `--artifacts`");
    let said = lab.emberlab("lab --set model.hiden=[3]");
    assert_eq!((said.code, said.stdout.as_str()), (2, ""));
    assert!(said.stderr.contains("unknown key `model.hiden`, did you mean `hidden`?"), "{}", said.stderr);
    let said = lab.emberlab("lab --set training.epochs=0");
    assert!(said.code == 2 && said.stderr.contains("must be a whole number from 1"), "{}", said.stderr);
    assert!(!lab.exists("artifacts"));
}
