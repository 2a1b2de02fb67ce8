//! Numbers of pandas and scikit-learn.

use crate::case::case;
use crate::support;
use emberlab_data::{
    EncodedTable, Features, MissingPolicy, Normalization, Normalizer, TestSize, TrainTestSplit,
};
use serde::Deserialize;
use tempfile::TempDir;

#[derive(Deserialize)]
struct Golden {
    tables: Vec<GoldenTable>,
    scale: Vec<ScaleCase>,
}

#[derive(Deserialize)]
struct GoldenTable {
    content: String,
    seed: u32,
    decimal: String,
    missing: String,
    columns: Vec<String>,
    rows: [Vec<usize>; 2],
    labels: [Vec<u32>; 2],
    features: [Vec<f64>; 2],
    scaled: [Vec<f64>; 2],
}

/// A column of `n` values, those in even and in odd places.
#[derive(Deserialize)]
struct ScaleCase {
    n: usize,
    even: f64,
    odd: f64,
    scale: f64,
}

fn golden() -> Golden {
    serde_json::from_slice(&support::golden("tables.json")).unwrap()
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} for {expected}");
    }
}

#[test]
fn missing_values_and_words_become_what_pandas_and_scikit_learn_make_of_them() {
    for golden in golden().tables {
        let policy = match golden.missing.as_str() {
            "mean" => MissingPolicy::Mean,
            "median" => MissingPolicy::Median,
            _ => MissingPolicy::Drop,
        };
        let table = case(&golden.content).label(-1).one_hot().missing(policy);
        let table = table.with(|options| options.decimal_comma = golden.decimal == ",");
        let folder = TempDir::new().unwrap();
        let read = table.file(&folder, "table.csv", &table.content).read().unwrap();
        let split = TrainTestSplit { test_size: TestSize::Share(0.3), stratify: false };
        let (splits, encoding) = read.divide(&split, golden.seed).unwrap();
        let EncodedTable { splits, schema, .. } = encoding.encode(splits).unwrap();
        assert_eq!(schema.feature_names(), golden.columns);
        let normalizer = Normalizer::fit(Normalization::Standard, &splits.train.samples.features);
        for (index, part) in [&splits.train, &splits.test].into_iter().enumerate() {
            assert_eq!(part.rows, golden.rows[index]);
            assert_eq!(part.samples.labels, golden.labels[index]);
            let Features::Table { values, .. } = &part.samples.features else { panic!("not a table") };
            assert_close(values, &golden.features[index]);
            assert_close(&normalizer.apply(&part.samples.features), &golden.scaled[index]);
        }
    }
}

#[test]
fn columns_that_are_constant_up_to_rounding_are_divided_by_1_as_by_scikit_learn() {
    for ScaleCase { n, even, odd, scale } in golden().scale {
        let values: Vec<f64> = (0..n).map(|row| if row % 2 == 0 { even } else { odd }).collect();
        let features = Features::table(values.clone(), 1);
        let normalizer = Normalizer::fit(Normalization::Standard, &features);
        let divisor = if normalizer.std[0] == 0.0 { 1.0 } else { normalizer.std[0] };
        assert!((divisor - scale).abs() <= 1e-6 * scale, "{divisor} for {scale}: {n} times {even} and {odd}");
        // Another value keeps its distance, instead of being blown up.
        let other = normalizer.apply(&Features::table(vec![even + 0.1], 1))[0];
        assert!(scale != 1.0 || (other - 0.1).abs() < 1e-6 || even.abs() > 1.0, "{other} for {even}");
    }
}
