//! Folds against scikit-learn's `StratifiedKFold`, values from `tests/golden/folds.py`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use emberlab_data::{Features, Fold, LabelledData, RandomState, Splits, TestSize, TrainTestSplit};
use serde::Deserialize;
use support::golden;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    labels: Vec<u32>,
    seed: u32,
    /// Of each fold.
    rows: Vec<Vec<usize>>,
}

fn samples(labels: Vec<u32>) -> LabelledData {
    let values = (0..labels.len()).map(|row| row as f64).collect();
    let class_names = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
    LabelledData { features: Features::table(values, 1), labels, class_names }
}

#[test]
fn rows_of_each_fold_equal_scikit_learn() {
    let cases = serde_json::from_slice::<Golden>(&golden("folds.json")).unwrap().cases;
    assert_eq!(cases.len(), 60);
    for Case { labels, seed, rows } in cases {
        let samples = samples(labels);
        let folds = rows.len();
        for (fold, wanted) in (1..).zip(rows) {
            let (others, own) = Fold { folds, fold }.rows(&samples, &mut RandomState::new(seed)).unwrap();
            assert_eq!(own, wanted, "fold {fold} of {folds}");
            assert!((0..samples.len()).filter(|row| !wanted.contains(row)).eq(others));
        }
    }
}

#[test]
fn folds_are_drawn_from_the_training_part_and_keep_its_rows() {
    let all = samples((0..40).map(|row| row % 3).collect());
    let split = TrainTestSplit { test_size: TestSize::Samples(10), stratify: true };
    let whole = Splits::divide(&all, &split, 3).unwrap();
    let mut left_out = Vec::new();
    for fold in 1..=4 {
        let splits = whole.clone().with_fold(Fold { folds: 4, fold }, 3).unwrap();
        for (_, part) in splits.parts() {
            assert_eq!(part.samples, all.select(&part.rows).unwrap());
        }
        assert_eq!(splits.train.rows.len() + splits.test.rows.len(), 30);
        left_out.extend(splits.test.rows);
    }
    let mut train = whole.train.rows;
    train.sort_unstable();
    left_out.sort_unstable();
    assert_eq!(left_out, train);
}

#[test]
fn folds_that_cannot_be_are_errors() {
    let samples = samples(vec![0, 0, 0, 1, 1, 0]);
    let message =
        |folds, fold| Fold { folds, fold }.rows(&samples, &mut RandomState::new(0)).unwrap_err().to_string();
    assert_eq!(message(1, 1), "`folds` is 1, must be a number from 2");
    assert_eq!(message(2, 0), "`fold` is 0, must be a number from 1 to 2");
    assert_eq!(message(2, 3), "`fold` is 3, must be a number from 1 to 2");
    let wanted = "`folds` is 3, must be at most 2, the number of training samples of class \"b\"";
    assert_eq!(message(3, 1), wanted);
    let one = self::samples(vec![0, 0, 1]);
    let error = Fold { folds: 2, fold: 1 }.rows(&one, &mut RandomState::new(0)).unwrap_err();
    let wanted = "`folds` is 2, must be left out, for class \"b\" has one training sample only and cannot be in several folds";
    assert_eq!(error.to_string(), wanted);
    let none = self::samples(Vec::new());
    let rows = Fold { folds: 2, fold: 1 }.rows(&none, &mut RandomState::new(0)).unwrap();
    assert_eq!(rows, (vec![], vec![]));
}
