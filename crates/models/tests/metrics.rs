//! Metrics over batches of unequal size against scikit-learn.

#![cfg(feature = "burn")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::backend::Flex;
use burn::tensor::{Int, Tensor, TensorData};
use emberlab_data::ClassificationBatch;
use emberlab_models::{MetricName, Output, PendingScore, ScoreMean};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Values from `tests/golden/metrics.py`.
#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    n_classes: usize,
    /// Samples of each batch.
    sizes: Vec<usize>,
    /// `[n_samples, n_outputs]`, row after row.
    logits: Vec<f32>,
    labels: Vec<i64>,
    values: BTreeMap<String, f64>,
}

#[test]
fn metrics_over_batches_are_those_of_scikit_learn_over_all_samples() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/metrics.json");
    let golden: Golden = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for (index, case) in golden.cases.iter().enumerate() {
        let mut mean = ScoreMean::default();
        PendingScore::read_all(case.scores()).iter().for_each(|score| mean.add(score));
        let score = mean.score().unwrap();
        assert_eq!(score.metrics().count(), MetricName::ALL.len());
        for (metric, value) in score.metrics() {
            let expected = case.values[metric.name()];
            assert!(
                (value - expected).abs() < 1e-12,
                "{} of case {index}: {value}, {expected}",
                metric.name()
            );
        }
        assert_eq!(case.values.len(), MetricName::ALL.len());
    }
}

#[test]
fn a_class_whose_logit_is_no_number_is_not_among_the_most_probable() {
    let case = Case {
        n_classes: 7,
        sizes: vec![3],
        // Of the first sample all logits, of the second that of its class, of the third another one.
        logits: [
            [f32::NAN; 7],
            [f32::NAN, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
            [9.0, 0.0, 0.0, f32::NAN, 0.0, 0.0, 0.0],
        ]
        .concat(),
        labels: vec![6, 0, 0],
        values: BTreeMap::new(),
    };
    let scores = PendingScore::read_all(case.scores());
    let top_5 = scores[0].metrics().find(|(metric, _)| *metric == MetricName::TopFiveAccuracy).unwrap();
    assert_eq!(top_5.1, 1.0 / 3.0);
}

impl Case {
    /// The score of each batch.
    fn scores(&self) -> Vec<PendingScore<Flex>> {
        let n_outputs = self.logits.len() / self.labels.len();
        let output = if n_outputs == 1 { Output::Sigmoid } else { Output::Softmax };
        let mut start = 0;
        let scores = self.sizes.iter().map(|&size| {
            let rows = start..start + size;
            start += size;
            let logits = &self.logits[rows.start * n_outputs..rows.end * n_outputs];
            let logits = TensorData::new(logits.to_vec(), [size, n_outputs]);
            let batch = self.batch(&self.labels[rows]);
            let logits = Tensor::<Flex, 2>::from_data(logits, &Default::default());
            let sums = MetricName::ALL.map(|metric| (metric, metric.sums(output, logits.clone(), &batch)));
            PendingScore::new(Tensor::zeros([1], &Default::default()), None, sums, size)
        });
        scores.collect()
    }

    fn batch(&self, labels: &[i64]) -> ClassificationBatch<Flex> {
        let device = Default::default();
        let labels = Tensor::<Flex, 1, Int>::from_data(labels, &device);
        ClassificationBatch {
            inputs: Tensor::zeros([labels.dims()[0], 1], &device),
            targets: labels.clone().one_hot(self.n_classes).float(),
            labels,
        }
    }
}
