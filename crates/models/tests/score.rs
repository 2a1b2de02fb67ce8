//! Scores of several batches, read from the device and averaged.

#![cfg(feature = "burn")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::backend::Flex;
use burn::tensor::Tensor;
use burn::train::ItemLazy;
use emberlab_models::{MetricName, MetricSums, PendingScore, ScoreMean, StepScore, Weight};

fn pending(loss: f32, class_weight: Option<f32>) -> StepScore<Flex> {
    let value = |value: f32| Tensor::<Flex, 1>::from_floats([value], &Default::default());
    let sums = vec![(MetricName::Accuracy, value(1.0))];
    StepScore::Pending(PendingScore::new(value(loss), class_weight.map(value), sums, 2))
}

#[test]
fn scores_with_and_without_class_weights_are_read_in_one_transfer() {
    let scores = [pending(0.5, None), pending(2.0, Some(3.0)), pending(1.0, None)];
    let read = StepScore::read_all(scores.to_vec());
    let weights: Vec<_> = read.iter().map(|score| (score.loss, score.class_weight)).collect();
    assert_eq!(weights, [(0.5, None), (2.0, Some(3.0)), (1.0, None)]);
    let sums = vec![MetricSums { metric: MetricName::Accuracy, sums: vec![1.0] }];
    assert!(read.iter().all(|score| (&score.sums, score.n_samples) == (&sums, 2)));
    assert!(read.iter().all(|score| score.metric(MetricName::Accuracy) == Some(0.5)));
    assert_eq!(scores.map(ItemLazy::sync).to_vec(), read);
}

#[test]
fn losses_are_averaged_by_the_class_weights_of_their_samples() {
    let mut mean = ScoreMean::default();
    for score in StepScore::read_all(vec![pending(2.0, Some(3.0)), pending(1.0, Some(0.5))]) {
        mean.add(&score);
    }
    let score = mean.score().unwrap();
    assert_eq!((score.loss, score.weight(), score.n_samples), ((6.5f64 / 3.5) as f32, 3.5, 4));
    assert_eq!(score.metric(MetricName::Accuracy), Some(0.5));
    let text = serde_json::to_string(&mean).unwrap();
    assert_eq!(serde_json::from_str::<ScoreMean>(&text).unwrap(), mean);
}

/// The score of one server may have been read while that of another is still on a device.
#[test]
fn weights_add_up_wherever_they_are() {
    let number = |weight: Weight<Flex>| match weight {
        Weight::Number(number) => number,
        Weight::OnDevice(tensor) => tensor.into_data().iter::<f64>().next().unwrap(),
    };
    let read = StepScore::<Flex>::Read(pending(1.0, Some(3.0)).sync());
    let scores = [pending(1.0, Some(0.5)), read, pending(1.0, None)];
    let [device, host, plain] = scores.map(|score| score.weight());
    assert_eq!((number(device.clone()), number(host.clone()), number(plain.clone())), (0.5, 3.0, 2.0));
    assert_eq!(number(device.clone().plus(host.clone())), 3.5);
    assert_eq!(number(host.clone().plus(device.clone()).recip()), f64::from(1.0 / 3.5f32));
    assert_eq!(number(host.plus(plain)), 5.0);
    assert_eq!(number(device.clone().plus(device)), 1.0);
}
