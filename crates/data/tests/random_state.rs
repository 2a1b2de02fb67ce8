//! `RandomState` against NumPy's, values from `tests/golden/random_state.py`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use emberlab_data::RandomState;
use serde::Deserialize;
use support::golden;

#[derive(Deserialize)]
struct Golden {
    streams: Vec<Stream>,
}

/// The draws of one seed, in the order of the fields.
#[derive(Deserialize)]
struct Stream {
    seed: u32,
    random_sample: Vec<f64>,
    first_normals: Vec<f64>,
    uniform: Vec<f64>,
    normals_after_uniforms: Vec<f64>,
    randint: Vec<(i64, i64, i64)>,
    permutation: Vec<usize>,
    shuffled: Vec<usize>,
    choice_without_replacement: Vec<usize>,
    choice_with_replacement: Vec<usize>,
    choice_of_one: Vec<usize>,
    last: Vec<f64>,
}

fn streams() -> Vec<Stream> {
    serde_json::from_slice::<Golden>(&golden("random_state.json")).unwrap().streams
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// Whether each value is the expected one or one of its two neighbours.
fn assert_within_one_ulp(values: &[f64], expected: &[f64]) {
    assert_eq!(values.len(), expected.len());
    for (value, expected) in values.iter().zip(expected) {
        let ulps = (value.to_bits() as i64 - expected.to_bits() as i64).abs();
        assert!(ulps <= 1, "{value} is {ulps} ulps from {expected}");
    }
}

#[test]
fn every_kind_of_draw_equals_numpy_in_one_stream() {
    let streams = streams();
    assert_eq!(streams.len(), 7);
    for stream in streams {
        let random = &mut RandomState::new(stream.seed);
        let mut samples = |n: usize| (0..n).map(|_| random.random_sample()).collect::<Vec<_>>();
        assert_eq!(bits(&samples(700)), bits(&stream.random_sample));
        let normals: Vec<f64> = (0..5).map(|_| random.standard_normal()).collect();
        assert_within_one_ulp(&normals, &stream.first_normals);
        let uniforms: Vec<f64> = (0..11).map(|_| random.uniform(-3.0, 8.5)).collect();
        assert_eq!(bits(&uniforms), bits(&stream.uniform));
        let normals: Vec<f64> = (0..8).map(|_| random.standard_normal()).collect();
        assert_within_one_ulp(&normals, &stream.normals_after_uniforms);
        for (low, high, expected) in stream.randint {
            assert_eq!(random.randint(low, high).unwrap(), expected, "randint({low}, {high})");
        }
        assert_eq!(random.permutation(97), stream.permutation);
        let mut values: Vec<usize> = (0..31).collect();
        random.shuffle(&mut values);
        assert_eq!(values, stream.shuffled);
        assert_eq!(random.choice(300, 40, false).unwrap(), stream.choice_without_replacement);
        assert_eq!(random.choice(300, 40, true).unwrap(), stream.choice_with_replacement);
        assert_eq!(random.choice(1, 3, true).unwrap(), stream.choice_of_one);
        let last: Vec<f64> = (0..3).map(|_| random.random_sample()).collect();
        assert_eq!(bits(&last), bits(&stream.last));
    }
}

#[test]
fn an_empty_range_is_an_error() {
    let mut random = RandomState::new(1);
    assert_eq!(random.randint(3, 3).unwrap_err().to_string(), "no integer lies in `3..3`");
    let error = random.randint(0, i64::MIN).unwrap_err();
    assert_eq!(error.to_string(), "no integer lies in `0..-9223372036854775808`");
}

#[test]
fn more_samples_than_there_are_is_an_error() {
    let mut random = RandomState::new(1);
    assert_eq!(random.choice(3, 4, false).unwrap_err().to_string(), "cannot draw 4 samples from 3");
    assert_eq!(random.choice(0, 1, true).unwrap_err().to_string(), "cannot draw 1 samples from 0");
    assert_eq!(random.choice(0, 0, true).unwrap(), Vec::<usize>::new());
}

#[test]
fn a_clone_draws_the_same_numbers() {
    let mut random = RandomState::new(99);
    random.standard_normal();
    let mut copy = random.clone();
    assert_eq!(random.standard_normal().to_bits(), copy.standard_normal().to_bits());
    assert_eq!(random, copy);
}
