//! `train_test_split` against scikit-learn's, values from `tests/golden/train_test_split.py`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use emberlab_data::{RandomState, TestSize, TrainTestSplit};
use serde::Deserialize;
use support::golden;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    labels: Vec<u32>,
    test_size: serde_json::Number,
    stratify: bool,
    seed: u32,
    train_rows: Vec<usize>,
    test_rows: Vec<usize>,
}

impl Case {
    fn split(&self) -> TrainTestSplit {
        let test_size = match self.test_size.as_u64() {
            Some(samples) => TestSize::Samples(samples as usize),
            None => TestSize::Share(self.test_size.as_f64().unwrap()),
        };
        TrainTestSplit { test_size, stratify: self.stratify }
    }
}

#[test]
fn rows_of_both_parts_equal_scikit_learn() {
    let cases = serde_json::from_slice::<Golden>(&golden("train_test_split.json")).unwrap().cases;
    assert_eq!(cases.len(), 80);
    for case in cases {
        let rows = case.split().rows(&case.labels, &mut RandomState::new(case.seed)).unwrap();
        assert_eq!(rows, (case.train_rows, case.test_rows), "stratify = {}", case.stratify);
    }
}

#[test]
fn the_parts_are_disjoint_and_complete() {
    let labels: Vec<u32> = (0..157).map(|row| row % 3).collect();
    for stratify in [false, true] {
        for seed in 0..20 {
            let split = TrainTestSplit { test_size: TestSize::Share(0.3), stratify };
            let (mut rows, test) = split.rows(&labels, &mut RandomState::new(seed)).unwrap();
            assert_eq!(test.len(), 48);
            rows.extend(test);
            rows.sort_unstable();
            assert_eq!(rows, (0..157).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_part_that_would_be_empty_is_refused() {
    for test_size in
        [TestSize::Share(0.0), TestSize::Share(1.0), TestSize::Share(f64::NAN), TestSize::Samples(5)]
    {
        let split = TrainTestSplit { test_size, stratify: false };
        let error = split.rows(&[0, 1, 0, 1, 0], &mut RandomState::new(0)).unwrap_err().to_string();
        let wanted = "must be a share above 0 and below 1, or a number from 1, that leaves some of the 5 samples to train on";
        assert!(error.starts_with("`test_size` is ") && error.ends_with(wanted), "{test_size:?}: {error}");
    }
}

#[test]
fn a_class_of_one_sample_cannot_be_stratified() {
    let split = TrainTestSplit { stratify: true, ..TrainTestSplit::default() };
    let error = split.rows(&[0, 0, 0, 0, 0, 1], &mut RandomState::new(0)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`stratify` is true, must be false, for class 1 has one sample only and cannot be in both parts"
    );
}
