//! The losses.

use super::Task;
use super::draw::{labels, probabilities, probabilities_of_one, targets};
use crate::array::Array;
use crate::mistake::Mistake;
use crate::solution;
use emberlab_data::RandomState;

const NO_CLIP: &str =
    "the logarithm of 0 is infinite; clip the probabilities to EPSILON and 1 - EPSILON first";
const LOGARITHM: &str = "the logarithm must be the natural one";

pub const BINARY_CROSS_ENTROPY: Task = Task {
    name: "binary_cross_entropy",
    outputs: &[""],
    uses: &[],
    cases: binary_cases,
    solve: |arguments| vec![Array::scalar(solution::binary_cross_entropy(&arguments[0], &arguments[1]))],
    quotient: None,
    n_samples: Some(|arguments| arguments[0].rows()),
    mistakes: &[
        Mistake::new("no clipping", NO_CLIP, |arguments, _| {
            binary(arguments, |y, p| y * p.ln() + (1.0 - y) * (1.0 - p).ln())
        }),
        Mistake::new(
            "second term missing",
            "samples of class 0 count as well: add (1 - y) log(1 - p)",
            |arguments, _| binary(arguments, |y, p| y * clipped(p).ln()),
        ),
        Mistake::new("logarithm of another base", LOGARITHM, |_, right| {
            right.map(|loss| loss / std::f64::consts::LN_10)
        }),
        Mistake::new("logarithm of another base", LOGARITHM, |_, right| {
            right.map(|loss| loss / std::f64::consts::LN_2)
        }),
        Mistake::new(
            "arguments exchanged",
            "the labels come first, then the probabilities",
            |arguments, _| Array::scalar(solution::binary_cross_entropy(&arguments[1], &arguments[0])),
        ),
        Mistake::new(
            "squared error",
            "this is the mean squared error; the cross-entropy takes logarithms of probabilities",
            |arguments, _| binary(arguments, |y, p| -(y - p) * (y - p)),
        ),
    ],
};

pub const CROSS_ENTROPY: Task = Task {
    name: "cross_entropy",
    outputs: &[""],
    uses: &[],
    cases: categorical_cases,
    solve: |arguments| vec![Array::scalar(solution::cross_entropy(&arguments[0], &arguments[1]))],
    quotient: None,
    n_samples: Some(|arguments| arguments[0].rows()),
    mistakes: &[
        Mistake::new("no clipping", NO_CLIP, |arguments, _| binary(arguments, |y, p| y * p.ln())),
        Mistake::new(
            "mean over classes too",
            "divide by the number of samples m: the mean of all entries divides by m K",
            |arguments, right| right.map(|loss| loss / arguments[0].columns() as f64),
        ),
        Mistake::new("logarithm of another base", LOGARITHM, |_, right| {
            right.map(|loss| loss / std::f64::consts::LN_10)
        }),
        Mistake::new("logarithm of another base", LOGARITHM, |_, right| {
            right.map(|loss| loss / std::f64::consts::LN_2)
        }),
        Mistake::new(
            "arguments exchanged",
            "the targets come first, then the probabilities",
            |arguments, _| Array::scalar(solution::cross_entropy(&arguments[1], &arguments[0])),
        ),
        Mistake::new(
            "terms of the other classes",
            "the categorical cross-entropy has no term (1 - y) log(1 - p): only the probability of the true class counts",
            |arguments, _| {
                binary(arguments, |y, p| y * clipped(p).ln() + (1.0 - y) * (1.0 - clipped(p)).ln())
            },
        ),
    ],
};

/// Ordinary probabilities, and some that are 0 and 1.
fn binary_cases(random: &mut RandomState) -> Vec<Vec<Array>> {
    let certain = Array::from_fn([4, 1], |row, _| f64::from(row < 2));
    let truth = Array::from_fn([4, 1], |row, _| f64::from(row % 2 == 0));
    vec![
        vec![labels(random, 5), probabilities_of_one(random, 5)],
        vec![labels(random, 8), probabilities_of_one(random, 8)],
        vec![truth, certain],
    ]
}

fn categorical_cases(random: &mut RandomState) -> Vec<Vec<Array>> {
    let certain = Array::from_fn([2, 3], |_, column| f64::from(column == 0));
    let truth = Array::from_fn([2, 3], |row, column| f64::from(column == row));
    vec![
        vec![targets(random, 5, 3), probabilities(random, 5, 3)],
        vec![targets(random, 7, 4), probabilities(random, 7, 4)],
        vec![truth, certain],
    ]
}

fn clipped(p: f64) -> f64 {
    p.clamp(1e-15, 1.0 - 1e-15)
}

/// Minus the sum of a term of each label and probability, over the number of samples.
fn binary(arguments: &[Array], term: impl Fn(f64, f64) -> f64) -> Array {
    let sum: f64 = arguments[0].zip(&arguments[1], term).values().iter().sum();
    Array::scalar(-sum / arguments[0].rows() as f64)
}
