//! Cross-validation: `train --folds`.

use crate::support::{Lab, assert_close, json};
use emberlab_data::RandomState;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::time::SystemTime;

const CONFIG: &str = r#"
name = "table"
[data]
source = "synthetic"
n_samples = 80
n_features = 4
test_size = 20
[training]
epochs = 3
batch_size = 10
optimizer = { learning_rate = 0.1 }
[model]
kind = "mlp"
hidden = [4]
init = { scheme = "xavier-uniform" }
"#;

fn lab() -> Lab {
    let lab = Lab::new();
    lab.write("table.toml", CONFIG);
    lab
}

/// The lines of a file of the cross-validation, each divided at commas.
fn lines(lab: &Lab, file: &str) -> Vec<Vec<String>> {
    let text = lab.read(&format!("artifacts/table-folds/{file}"));
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// When the record of each fold's run was written.
fn written(lab: &Lab, folds: usize) -> Vec<SystemTime> {
    let path = |fold| lab.path(&format!("artifacts/table-fold-{fold}/run.json"));
    (1..=folds).map(|fold| fs::metadata(path(fold)).unwrap().modified().unwrap()).collect()
}

#[test]
fn each_sample_of_the_training_part_is_predicted_by_the_run_that_lacks_it() {
    let lab = lab();
    let said = lab.emberlab("train table.toml --folds 4 --dashboard none").succeeds();
    assert!(said.stdout.ends_with("\nfolds  artifacts/table-folds\n"), "{}", said.stdout);
    lab.emberlab("train table.toml --dashboard none").succeeds();
    let test = lab.read("artifacts/table/predictions.csv");
    let test: BTreeSet<&str> = test.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    let predictions = lines(&lab, "out_of_fold.csv");
    assert_eq!(predictions[0], ["row", "fold", "class", "prediction", "p0", "p1"]);
    let rows: Vec<usize> = predictions[1..].iter().map(|line| line[0].parse().unwrap()).collect();
    let wanted: Vec<usize> = (0..80).filter(|row| !test.contains(row.to_string().as_str())).collect();
    assert_eq!((rows, wanted.len()), (wanted, 60));

    // NumPy's mean and std(ddof=1) of the scores of the runs.
    let scores = lines(&lab, "folds.csv");
    assert_eq!(scores[0], ["fold", "run", "samples", "loss", "accuracy"]);
    let mut values = [Vec::new(), Vec::new()];
    for (fold, line) in (1..=4).zip(&scores[1..]) {
        let record = json(&lab.read(&format!("artifacts/table-fold-{fold}/run.json")));
        assert_eq!((&line[0], &line[1]), (&i32::to_string(&fold), &format!("table-fold-{fold}")));
        assert_eq!(
            (record["data"]["n_train"].as_u64(), record["data"]["n_test"].as_u64()),
            (Some(45), Some(15))
        );
        let of_fold = predictions[1..].iter().filter(|sample| sample[1] == line[0]);
        let (right, all): (Vec<_>, Vec<_>) =
            (of_fold.clone().filter(|s| s[2] == s[3]).collect(), of_fold.collect());
        assert_eq!(line[4].parse::<f64>().unwrap(), right.len() as f64 / all.len() as f64);
        for (name, values) in ["loss", "accuracy"].iter().zip(&mut values) {
            values.push(record["metrics"]["test"][*name].as_f64().unwrap());
        }
    }
    for (values, column) in values.iter().zip(3..) {
        let mean = values.iter().sum::<f64>() / 4.0;
        let deviation = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 3.0).sqrt();
        let said: Vec<f64> = scores[5..7].iter().map(|line| line[column].parse().unwrap()).collect();
        assert_close("mean and deviation", &said, &[mean, deviation], 1e-6);
    }
    assert_eq!((&*scores[5][0], &*scores[6][0]), ("mean", "deviation"));
}

#[test]
fn the_run_of_a_fold_is_a_run_like_any_other() {
    let lab = lab();
    lab.emberlab("train table.toml --folds 3 --set data.validation_fraction=0.2").succeeds();
    let record = json(&lab.read("artifacts/table-fold-2/run.json"));
    let said = lab.emberlab("evaluate table-fold-2 --json").succeeds();
    assert_eq!(said.stderr, "");
    let (loss, test) = (json(&said.stdout)["loss"].as_f64().unwrap(), &record["metrics"]["test"]["loss"]);
    assert_close("loss", &[loss], &[test.as_f64().unwrap()], 1e-6);
    assert_eq!(record["data"]["n_validation"], 8);
    lab.emberlab("report table-fold-2").succeeds();
    lab.emberlab("train artifacts/table-fold-2/config.toml --name again").succeeds();
    let weights = |run: &str| lab.bytes(&format!("artifacts/{run}/model.safetensors"));
    assert!(weights("again") == weights("table-fold-2"));
    let more = "train table.toml --name table-fold-2 --set data.folds=3 --set data.fold=2 \
                --set data.validation_fraction=0.2 --set training.epochs=4 --resume";
    lab.emberlab(more).succeeds();
    assert_eq!(json(&lab.read("artifacts/table-fold-2/run.json"))["updates"], 16);
}

#[test]
fn a_cross_validation_goes_on_with_the_folds_that_are_left() {
    let lab = lab();
    let train = "train table.toml --folds 3";
    lab.emberlab(train).succeeds();
    let whole = lines(&lab, "out_of_fold.csv");
    let before = written(&lab, 3);
    let wanted = "error: the run directory `artifacts/table-fold-1` exists; choose another `--name`, go on with it with \
                  `--resume`, or replace it with `--overwrite`";
    lab.emberlab(train).fails(2, wanted);
    // Fold 2 was stopped, and fold 3 has not begun.
    let record = lab.read("artifacts/table-fold-2/run.json").replace("\"finished\"", "\"interrupted\"");
    lab.write("artifacts/table-fold-2/run.json", record);
    fs::remove_dir_all(lab.path("artifacts/table-fold-3")).unwrap();
    lab.emberlab(&format!("{train} --resume")).succeeds();
    assert_eq!(lines(&lab, "out_of_fold.csv"), whole);
    let after = written(&lab, 3);
    assert!(after[0] == before[0] && after[1] > before[1] && after[2] > before[2]);
    // Nothing is left.
    fs::remove_dir_all(lab.path("artifacts/table-folds")).unwrap();
    lab.emberlab(&format!("{train} --resume")).succeeds();
    assert_eq!((lines(&lab, "out_of_fold.csv"), written(&lab, 3)), (whole, after.clone()));
    let said = lab.emberlab(&format!("{train} --resume --set training.batch_size=5"));
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("`training.batch_size` was 10, is 5"), "{}", said.stderr);
    lab.emberlab(&format!("{train} --overwrite")).succeeds();
    assert!(written(&lab, 3).iter().zip(after).all(|(now, before)| *now > before));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_fold_with_a_checkpoint_and_says_how_to_go_on() {
    use rustix::process::Signal;

    let lab = lab();
    let train = "train table.toml --folds 3 --set training.epochs=400";
    lab.emberlab(train).succeeds();
    let whole = lines(&lab, "out_of_fold.csv");
    let mut child = lab.start(&format!("{train} --overwrite"));
    child.wait_until("no second fold", || {
        !lab.exists("artifacts/table-folds/folds.csv")
            && fs::read_to_string(lab.path("artifacts/table-fold-2/run.json"))
                .is_ok_and(|record| record.contains("\"running\""))
    });
    child.signal(Signal::INT);
    let said = child.ends();
    assert_eq!(said.code, 130, "{}", said.stderr);
    assert!(!lab.exists("artifacts/table-folds/out_of_fold.csv"));
    lab.emberlab(&format!("{train} --resume")).succeeds();
    assert_eq!(lines(&lab, "out_of_fold.csv"), whole);
}

#[test]
fn folds_that_cannot_be_trained_are_errors_before_the_first() {
    let lab = lab();
    for folds in ["1", "0", "-3", "many", "1001"] {
        let said = lab.emberlab(&format!("train table.toml --folds={folds}"));
        assert_eq!(said.code, 2);
        assert!(said.stderr.contains("must be a whole number from 2 to 1000"), "{}", said.stderr);
    }
    assert_eq!(lab.emberlab("train table.toml --folds 3 --resume --overwrite").code, 2);
    let wanted =
        "error: `--dashboard tui` shows one run, but `--folds` trains several; take `--dashboard plain`";
    lab.emberlab("train table.toml --folds 3 --dashboard tui").fails(2, wanted);
    let wanted = "error: `data.fold` has no meaning beside `--folds`, which trains without each fold in turn; leave it out \
                  with `--unset data.fold --unset data.folds`";
    lab.emberlab("train table.toml --folds 3 --set data.folds=3 --set data.fold=1").fails(2, wanted);

    let mut random = RandomState::new(1);
    let mut table = "x,y,label\n".to_owned();
    for label in ["a", "a", "a", "b", "b", "b", "b", "b", "c", "c", "c", "c"] {
        writeln!(table, "{},{},{label}", random.random_sample(), random.random_sample()).unwrap();
    }
    lab.write("train.csv", &table).write("test.csv", &table);
    let few = CONFIG.replace(
        "source = \"synthetic\"\nn_samples = 80\nn_features = 4\ntest_size = 20",
        "source = \"csv\"\nfile = \"train.csv\"\ntest_file = \"test.csv\"",
    );
    lab.write("few.toml", few);
    let wanted = "error: --set data.folds=4: `data.folds` is 4, must be at most 3, the number of training samples of class \"a\"";
    lab.emberlab("train few.toml --folds 4").fails(2, wanted);
    assert!(!lab.exists("artifacts/table-fold-1"));
    lab.emberlab("train few.toml --folds 3").succeeds();
    assert_eq!(lines(&lab, "out_of_fold.csv").len(), 13);
}
