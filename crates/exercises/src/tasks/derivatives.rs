//! The derivatives of probabilities and losses.

use super::Task;
use super::draw::{labels, normal, probabilities, probabilities_of_one, targets};
use super::slope::slopes;
use crate::array::Array;
use crate::mistake::Mistake;
use crate::solution;

const BY_SCORE: &str = "p - y is the derivative by the score z; here it is asked for by the probability p";

pub const SIGMOID_DERIVATIVE: Task = Task {
    name: "sigmoid_derivative",
    outputs: &[""],
    uses: &["sigmoid"],
    cases: |random| vec![vec![normal(random, &[4, 1], 1.5)], vec![normal(random, &[3, 2], 1.5)]],
    solve: |arguments| vec![solution::sigmoid_derivative(&arguments[0])],
    // Each entry depends on its own score only, so that the slope of the sum is that of the entry.
    quotient: Some(|arguments| vec![slopes(|z| solution::sigmoid(z).values().iter().sum(), &arguments[0])]),
    n_samples: None,
    mistakes: &[
        Mistake::new(
            "argument taken for the probability",
            "the argument is z: compute p = sigmoid(z) first, then p (1 - p)",
            |arguments, _| arguments[0].map(|z| z * (1.0 - z)),
        ),
        Mistake::new("factor 1 - p missing", "the derivative is p (1 - p)", |arguments, _| {
            solution::sigmoid(&arguments[0])
        }),
        Mistake::new("factor p missing", "the derivative is p (1 - p)", |arguments, _| {
            solution::sigmoid(&arguments[0]).map(|p| 1.0 - p)
        }),
        Mistake::new(
            "derivative of tanh",
            "1 - t² is the derivative of the hyperbolic tangent t",
            |arguments, _| solution::sigmoid(&arguments[0]).map(|p| 1.0 - p * p),
        ),
    ],
};

pub const SOFTMAX_DERIVATIVE: Task = Task {
    name: "softmax_derivative",
    outputs: &[""],
    uses: &["softmax"],
    cases: |random| vec![vec![normal(random, &[1, 3], 1.0)], vec![normal(random, &[1, 4], 1.0)]],
    solve: |arguments| vec![solution::softmax_derivative(&arguments[0])],
    quotient: Some(|arguments| vec![softmax_quotient(&arguments[0])]),
    n_samples: None,
    mistakes: &[
        Mistake::new(
            "only the diagonal",
            "each probability depends on every score: off the diagonal the derivative is -p_i p_j",
            |_, right| {
                Array::from_fn(
                    [right.rows(), right.columns()],
                    |i, j| if i == j { right[[i, j]] } else { 0.0 },
                )
            },
        ),
        Mistake::new(
            "as for the sigmoid",
            "p (1 - p) is only the diagonal; the result is a matrix of K by K",
            |arguments, _| solution::softmax(&arguments[0]).map(|p| p * (1.0 - p)),
        ),
        Mistake::new(
            "diagonal without its 1",
            "the diagonal is p_i - p_i p_i, not -p_i p_i",
            |arguments, _| {
                let p = solution::softmax(&arguments[0]);
                p.transposed().dot(&p).map(|product| -product)
            },
        ),
        Mistake::new("sign off the diagonal", "off the diagonal the derivative is -p_i p_j", |_, right| {
            Array::from_fn([right.rows(), right.columns()], |i, j| right[[i, j]].abs())
        }),
    ],
};

pub const BINARY_CROSS_ENTROPY_DERIVATIVE: Task = Task {
    name: "binary_cross_entropy_derivative",
    outputs: &[""],
    uses: &[],
    cases: |random| {
        vec![
            vec![labels(random, 5), probabilities_of_one(random, 5)],
            vec![labels(random, 8), probabilities_of_one(random, 8)],
        ]
    },
    solve: |arguments| vec![solution::binary_cross_entropy_derivative(&arguments[0], &arguments[1])],
    quotient: Some(|arguments| {
        vec![slopes(|p| solution::binary_cross_entropy(&arguments[0], p), &arguments[1])]
    }),
    n_samples: Some(|arguments| arguments[0].rows()),
    mistakes: &[
        Mistake::new("derivative by the score", BY_SCORE, |arguments, _| by_score(arguments)),
        Mistake::new("derivative by the score", BY_SCORE, |arguments, _| {
            let m = arguments[0].rows() as f64;
            by_score(arguments).map(|value| value * m)
        }),
        Mistake::new(
            "second term missing",
            "samples of class 0 count as well: add (1 - y) / (1 - p)",
            |arguments, _| arguments[0].zip(&arguments[1], |y, p| -y / p / arguments[0].rows() as f64),
        ),
        Mistake::new(
            "sign of the second term",
            "the derivative of log(1 - p) is -1 / (1 - p)",
            |arguments, _| {
                let m = arguments[0].rows() as f64;
                arguments[0].zip(&arguments[1], |y, p| (-y / p - (1.0 - y) / (1.0 - p)) / m)
            },
        ),
    ],
};

pub const CROSS_ENTROPY_DERIVATIVE: Task = Task {
    name: "cross_entropy_derivative",
    outputs: &[""],
    uses: &[],
    cases: |random| {
        vec![
            vec![targets(random, 5, 3), probabilities(random, 5, 3)],
            vec![targets(random, 7, 4), probabilities(random, 7, 4)],
        ]
    },
    solve: |arguments| vec![solution::cross_entropy_derivative(&arguments[0], &arguments[1])],
    quotient: Some(|arguments| vec![slopes(|p| solution::cross_entropy(&arguments[0], p), &arguments[1])]),
    n_samples: Some(|arguments| arguments[0].rows()),
    mistakes: &[
        Mistake::new("derivative by the score", BY_SCORE, |arguments, _| by_score(arguments)),
        Mistake::new("derivative by the score", BY_SCORE, |arguments, _| {
            let m = arguments[0].rows() as f64;
            by_score(arguments).map(|value| value * m)
        }),
        Mistake::new(
            "mean over classes too",
            "divide by the number of samples m: the mean of all entries divides by m K",
            |arguments, right| right.map(|value| value / arguments[0].columns() as f64),
        ),
        Mistake::new(
            "targets missing",
            "only the probability of the true class counts: -y / p",
            |arguments, _| arguments[1].map(|p| -1.0 / p / arguments[0].rows() as f64),
        ),
    ],
};

fn softmax_quotient(z: &Array) -> Array {
    let n_classes = z.columns();
    let of_each: Vec<Array> = (0..n_classes).map(|i| slopes(|z| solution::softmax(z)[[0, i]], z)).collect();
    Array::from_fn([n_classes, n_classes], |i, j| of_each[i][[0, j]])
}

fn by_score(arguments: &[Array]) -> Array {
    arguments[1].zip(&arguments[0], |p, y| (p - y) / arguments[0].rows() as f64)
}
