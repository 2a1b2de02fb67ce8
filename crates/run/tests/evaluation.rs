//! `Evaluation` against scikit-learn, values from `tests/golden/evaluation.py`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use emberlab_run::Evaluation;
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    labels: Vec<u32>,
    probabilities: Vec<f64>,
    predictions: Vec<usize>,
    n_classes: usize,
    accuracy: f64,
    top_k: Vec<(usize, f64)>,
    precision: Vec<f64>,
    recall: Vec<f64>,
    f1: Vec<f64>,
    support: Vec<usize>,
    #[serde(rename = "macro")]
    averages: [f64; 3],
    confusion_matrix: Vec<Vec<usize>>,
    auroc: Option<f64>,
}

#[track_caller]
fn assert_equal(values: &[f64], expected: &[f64]) {
    assert_eq!(values.len(), expected.len());
    for (value, expected) in values.iter().zip(expected) {
        assert!((value - expected).abs() < 1e-12, "{value} for {expected}");
    }
}

#[test]
fn every_figure_equals_scikit_learn() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/evaluation.json");
    let cases = serde_json::from_slice::<Golden>(&std::fs::read(path).unwrap()).unwrap().cases;
    assert_eq!(cases.len(), 7);
    for case in cases {
        let names: Vec<String> = (0..case.n_classes).map(|class| class.to_string()).collect();
        let evaluation = Evaluation::new(&names, &case.labels, &case.predictions, &case.probabilities);
        assert_equal(&[evaluation.accuracy], &[case.accuracy]);
        let top_k: Vec<(usize, f64)> = evaluation.top_k.iter().map(|top| (top.k, top.accuracy)).collect();
        assert_eq!(top_k, case.top_k);
        let figures = |figure: fn(&_) -> f64| evaluation.classes.iter().map(figure).collect::<Vec<f64>>();
        assert_equal(&figures(|class: &emberlab_run::ClassFigures| class.precision), &case.precision);
        assert_equal(&figures(|class| class.recall), &case.recall);
        assert_equal(&figures(|class| class.f1), &case.f1);
        let support: Vec<usize> = evaluation.classes.iter().map(|class| class.support).collect();
        assert_eq!(support, case.support);
        let mean = evaluation.macro_average;
        assert_equal(&[mean.precision, mean.recall, mean.f1], &case.averages);
        assert_eq!(evaluation.confusion_matrix.to_rows(), case.confusion_matrix);
        assert_equal(evaluation.auroc.as_slice(), case.auroc.as_slice());
    }
}

#[test]
fn a_probability_that_is_no_number_is_no_hit() {
    let classes: Vec<String> = (0..7).map(|class| class.to_string()).collect();
    let rows = [[f64::NAN; 7], [0.5, 0.3, 0.2, 0.0, 0.0, 0.0, 0.0]];
    let evaluation = Evaluation::new(&classes, &[6, 0], &[0, 0], &rows.concat());
    assert_eq!(evaluation.top_k.iter().map(|top| top.accuracy).collect::<Vec<_>>(), [0.5, 0.5]);
}
