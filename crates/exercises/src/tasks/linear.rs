//! The derivative of a linear classifier and its update.

use super::Task;
use super::draw::{normal, probabilities, targets};
use super::slope::slopes;
use crate::array::Array;
use crate::mistake::Mistake;
use crate::solution;
use emberlab_data::RandomState;

pub const LINEAR_GRADIENT: Task = Task {
    name: "linear_gradient",
    outputs: &[""],
    uses: &[],
    cases: |random| vec![gradient_case(random, 6, 3, 4), gradient_case(random, 9, 2, 3)],
    solve: |arguments| vec![solution::linear_gradient(&arguments[0], &arguments[1], &arguments[2])],
    quotient: Some(gradient_quotient),
    n_samples: Some(|arguments| arguments[0].rows()),
    mistakes: &[
        Mistake::new(
            "targets not subtracted",
            "the derivative by the scores is p - y; the targets are missing",
            |arguments, _| inputs_times(arguments, |p, _| p),
        ),
        Mistake::new(
            "derivative of the probabilities kept",
            "the factor p (1 - p) cancels against the derivative of the logarithm; only p - y is left",
            |arguments, _| inputs_times(arguments, |p, y| (p - y) * p * (1.0 - p)),
        ),
        Mistake::new(
            "bias left out",
            "the first column of the inputs is 1 and belongs to the bias; its row must not be 0",
            |_, right| {
                Array::from_fn([right.rows(), right.columns()], |row, column| {
                    if row == 0 { 0.0 } else { right[[row, column]] }
                })
            },
        ),
        Mistake::new(
            "divided by the number of features",
            "the mean is over the samples: divide by the rows of the inputs, not by their columns",
            |arguments, right| {
                right.map(|value| value * arguments[0].rows() as f64 / arguments[0].columns() as f64)
            },
        ),
    ],
};

pub const UPDATE: Task = Task {
    name: "update",
    outputs: &[""],
    uses: &[],
    cases: |random| vec![update_case(random, [3, 2], 0.5), update_case(random, [4, 3], 0.01)],
    solve: |arguments| vec![solution::update(&arguments[0], &arguments[1], learning_rate(arguments))],
    quotient: None,
    n_samples: None,
    mistakes: &[
        Mistake::new(
            "uphill",
            "the gradient points uphill, so that the step is subtracted",
            |arguments, _| stepped(arguments, learning_rate(arguments)),
        ),
        Mistake::new(
            "no learning rate",
            "the step is the learning rate times the gradient",
            |arguments, _| stepped(arguments, -1.0),
        ),
        Mistake::new("divided by the learning rate", "multiply by the learning rate", |arguments, _| {
            stepped(arguments, -1.0 / learning_rate(arguments))
        }),
        Mistake::new("only the step", "return the new weights, not the step", |arguments, _| {
            arguments[1].map(|gradient| -learning_rate(arguments) * gradient)
        }),
        Mistake::new("only the step", "return the new weights, not the step", |arguments, _| {
            arguments[1].map(|gradient| learning_rate(arguments) * gradient)
        }),
        Mistake::new("weights scaled", "the learning rate multiplies the gradient only", |arguments, _| {
            stepped(arguments, -1.0).map(|value| value * learning_rate(arguments))
        }),
    ],
};

fn gradient_case(random: &mut RandomState, m: usize, n: usize, n_classes: usize) -> Vec<Array> {
    let features = normal(random, &[m, n], 1.0);
    let inputs =
        Array::from_fn([m, n + 1], |row, column| if column == 0 { 1.0 } else { features[[row, column - 1]] });
    vec![inputs, targets(random, m, n_classes), probabilities(random, m, n_classes)]
}

/// Weights are not among the arguments. With scores `ln p + x θ`, whose softmax at `θ = 0` is the given `p`, the slope at 0 is
/// the derivative that is asked for.
fn gradient_quotient(arguments: &[Array]) -> Vec<Array> {
    let [inputs, targets, probabilities] = arguments else { return Vec::new() };
    let loss = |theta: &Array| {
        let scores = inputs.dot(theta).zip(probabilities, |change, p| change + p.ln());
        solution::cross_entropy(targets, &solution::softmax(&scores))
    };
    vec![slopes(loss, &Array::zeros(&[inputs.columns(), targets.columns()]))]
}

fn inputs_times(arguments: &[Array], by_score: impl Fn(f64, f64) -> f64) -> Array {
    let m = arguments[0].rows() as f64;
    arguments[0].transposed().dot(&arguments[2].zip(&arguments[1], |p, y| by_score(p, y) / m))
}

fn update_case(random: &mut RandomState, shape: [usize; 2], learning_rate: f64) -> Vec<Array> {
    vec![normal(random, &shape, 1.0), normal(random, &shape, 1.0), Array::scalar(learning_rate)]
}

fn learning_rate(arguments: &[Array]) -> f64 {
    arguments[2].values()[0]
}

fn stepped(arguments: &[Array], factor: f64) -> Array {
    arguments[0].zip(&arguments[1], |theta, gradient| theta + factor * gradient)
}
