//! From scores to probabilities.

use super::Task;
use super::draw::normal;
use crate::array::Array;
use crate::mistake::Mistake;
use crate::solution;
use emberlab_data::RandomState;

pub const SIGMOID: Task = Task {
    name: "sigmoid",
    outputs: &[""],
    uses: &[],
    cases: |random| {
        vec![
            vec![normal(random, &[4, 1], 2.0)],
            vec![normal(random, &[3, 2], 2.0)],
            extreme(&[1000.0, -1000.0]),
        ]
    },
    solve: |arguments| vec![solution::sigmoid(&arguments[0])],
    quotient: None,
    n_samples: None,
    mistakes: &[
        Mistake::new("sign of the exponent", "the exponent must be -z", |arguments, _| {
            arguments[0].map(|z| 1.0 / (1.0 + z.exp()))
        }),
        Mistake::new(
            "overflow",
            "exp(z) is infinite for z = 1000; with 1 / (1 + exp(-z)) nothing overflows to NaN",
            |arguments, _| arguments[0].map(|z| z.exp() / (1.0 + z.exp())),
        ),
        Mistake::new("missing 1", "the denominator is 1 + exp(-z)", |arguments, _| {
            arguments[0].map(|z| 1.0 / (-z).exp())
        }),
        Mistake::new(
            "tanh",
            "this is the hyperbolic tangent, from -1 to 1; the sigmoid goes from 0 to 1",
            |arguments, _| arguments[0].map(f64::tanh),
        ),
    ],
};

pub const SOFTMAX: Task = Task {
    name: "softmax",
    outputs: &[""],
    uses: &[],
    cases: softmax_cases,
    solve: |arguments| vec![solution::softmax(&arguments[0])],
    quotient: None,
    n_samples: None,
    mistakes: &[
        Mistake::new(
            "wrong axis",
            "the columns sum to 1; each row is a sample, so sum over axis 1, with keepdims=True in NumPy",
            |arguments, _| solution::softmax(&arguments[0].transposed()).transposed(),
        ),
        Mistake::new(
            "wrong axis",
            "the sum must be that of each row, axis 1, with keepdims=True in NumPy",
            |arguments, _| {
                let exponentials = shifted(&arguments[0]);
                let sums = exponentials.column_sums();
                Array::from_fn([exponentials.rows(), exponentials.columns()], |row, k| {
                    exponentials[[row, k]] / sums[[0, k]]
                })
            },
        ),
        Mistake::new(
            "overflow",
            "exp of a large score is infinite; subtract the largest score of each row first, which changes no probability",
            |arguments, _| normalised(&arguments[0].map(f64::exp)),
        ),
        Mistake::new(
            "largest of all rows",
            "subtract the largest score of each row: with the largest of all, every exponential of another row may be 0",
            |arguments, _| {
                let largest = arguments[0].values().iter().copied().fold(f64::NEG_INFINITY, f64::max);
                normalised(&arguments[0].map(|z| (z - largest).exp()))
            },
        ),
        Mistake::new(
            "sum over everything",
            "divide by the sum of each row, not by the sum of all rows",
            |arguments, _| {
                let exponentials = shifted(&arguments[0]);
                let sum: f64 = exponentials.values().iter().sum();
                exponentials.map(|value| value / sum)
            },
        ),
        Mistake::new(
            "not normalised",
            "divide the exponentials by their sum, so that each row sums to 1",
            |arguments, _| shifted(&arguments[0]),
        ),
        Mistake::new(
            "sigmoid instead",
            "this is the sigmoid of each score; with the softmax each row sums to 1",
            |arguments, _| solution::sigmoid(&arguments[0]),
        ),
    ],
};

fn extreme(values: &[f64]) -> Vec<Array> {
    vec![Array::from_fn([values.len(), 1], |row, _| values[row])]
}

fn softmax_cases(random: &mut RandomState) -> Vec<Vec<Array>> {
    let far_apart =
        Array::from_fn([2, 3], |row, column| if row == 0 { 1000.0 } else { -1000.0 } + column as f64);
    vec![vec![normal(random, &[3, 4], 2.0)], vec![normal(random, &[4, 3], 2.0)], vec![far_apart]]
}

/// The exponentials with the largest score of each row subtracted.
fn shifted(z: &Array) -> Array {
    let largest = |row: usize| (0..z.columns()).map(|k| z[[row, k]]).fold(f64::NEG_INFINITY, f64::max);
    Array::from_fn([z.rows(), z.columns()], |row, k| (z[[row, k]] - largest(row)).exp())
}

/// Each row divided by its sum.
fn normalised(exponentials: &Array) -> Array {
    let sum = |row: usize| (0..exponentials.columns()).map(|k| exponentials[[row, k]]).sum::<f64>();
    Array::from_fn([exponentials.rows(), exponentials.columns()], |row, k| exponentials[[row, k]] / sum(row))
}
