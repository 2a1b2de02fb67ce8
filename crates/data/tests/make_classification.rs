//! `make_classification` against scikit-learn's, values from `tests/golden/make_classification.py`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use emberlab_data::{ColumnValue, Features, MakeClassification, RandomState};
use serde::Deserialize;
use support::golden;

#[derive(Deserialize)]
struct Golden {
    sets: Vec<Set>,
}

#[derive(Deserialize)]
struct Set {
    seed: u32,
    parameters: Parameters,
    labels: Vec<u32>,
}

#[derive(Deserialize)]
struct Parameters {
    n_samples: usize,
    n_features: usize,
    n_informative: usize,
    n_redundant: usize,
    n_repeated: usize,
    n_classes: usize,
    n_clusters_per_class: usize,
    weights: Option<Vec<f64>>,
    flip_y: f64,
    class_sep: f64,
    hypercube: bool,
    shift: Option<Column>,
    scale: Option<Column>,
    shuffle: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Column {
    Same(f64),
    PerFeature(Vec<f64>),
}

fn column_value(column: Option<Column>) -> ColumnValue {
    match column {
        None => ColumnValue::Random,
        Some(Column::Same(value)) => ColumnValue::Same(value),
        Some(Column::PerFeature(values)) => ColumnValue::PerFeature(values),
    }
}

impl From<Parameters> for MakeClassification {
    fn from(p: Parameters) -> Self {
        Self {
            n_samples: p.n_samples,
            n_features: p.n_features,
            n_informative: p.n_informative,
            n_redundant: p.n_redundant,
            n_repeated: p.n_repeated,
            n_classes: p.n_classes,
            n_clusters_per_class: p.n_clusters_per_class,
            weights: p.weights,
            flip_y: p.flip_y,
            class_sep: p.class_sep,
            hypercube: p.hypercube,
            shift: column_value(p.shift),
            scale: column_value(p.scale),
            shuffle: p.shuffle,
        }
    }
}

#[test]
fn two_hundred_parameter_sets_equal_scikit_learn() {
    let sets = serde_json::from_slice::<Golden>(&golden("make_classification.json")).unwrap().sets;
    assert_eq!(sets.len(), 200);
    let bytes = golden("make_classification.f64");
    let mut expected = bytes.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes));
    for (index, set) in sets.into_iter().enumerate() {
        let parameters = MakeClassification::from(set.parameters);
        assert_eq!(parameters.problems(), []);
        let data = parameters.generate(&mut RandomState::new(set.seed)).unwrap();
        assert_eq!(data.labels, set.labels, "labels of set {index}");
        let Features::Table { values, .. } = data.features else { panic!("not a table") };
        assert_eq!(values.len(), parameters.n_samples * parameters.n_features);
        for (position, value) in values.into_iter().enumerate() {
            let expected = expected.next().unwrap();
            let difference = (value - expected).abs();
            assert!(difference <= 1e-12, "set {index}, value {position}: {value} for {expected}");
        }
    }
    assert_eq!(expected.next(), None);
}

#[test]
fn the_same_seed_gives_the_same_samples_and_another_seed_does_not() {
    let make = |seed| MakeClassification::default().generate(&mut RandomState::new(seed)).unwrap();
    assert_eq!(make(3), make(3));
    assert_ne!(make(3), make(4));
}

#[test]
fn each_impossible_parameter_is_named_with_what_is_allowed() {
    let default = MakeClassification::default;
    for (parameters, message) in [
        (MakeClassification { n_samples: 0, ..default() }, "`n_samples` is 0, must be at least 1"),
        (
            MakeClassification { n_features: 3, ..default() },
            "`n_features` is 3, must be at least 4, the sum of `n_informative` = 2, `n_redundant` = 2 and `n_repeated` = 0",
        ),
        (
            MakeClassification { n_informative: 2, n_classes: 4, ..default() },
            "`n_informative` is 2, must be at least 3, for `n_classes` = 4 times `n_clusters_per_class` = 2 clusters need as many hypercube corners",
        ),
        (MakeClassification { flip_y: 1.5, ..default() }, "`flip_y` is 1.5, must be from 0 to 1"),
        (MakeClassification { flip_y: f64::NAN, ..default() }, "`flip_y` is NaN, must be from 0 to 1"),
        (
            MakeClassification { class_sep: f64::INFINITY, ..default() },
            "`class_sep` is inf, must be a finite number above 0",
        ),
        (
            MakeClassification { weights: Some(vec![0.1; 5]), ..default() },
            "`weights` is [0.1, 0.1, 0.1, 0.1, 0.1], must be a list of 2 shares, or of 1 with the last left out",
        ),
    ] {
        let problems: Vec<String> = parameters.problems().iter().map(ToString::to_string).collect();
        assert_eq!(problems, [message]);
        let error = parameters.generate(&mut RandomState::new(0)).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn absurd_sizes_are_refused_before_memory_is_asked_for() {
    let parameters = MakeClassification { n_samples: usize::MAX, ..MakeClassification::default() };
    assert!(parameters.generate(&mut RandomState::new(0)).is_err());
    let parameters = MakeClassification {
        n_clusters_per_class: usize::MAX,
        n_features: usize::MAX,
        ..MakeClassification::default()
    };
    assert!(parameters.generate(&mut RandomState::new(0)).is_err());
}
