//! The backward pass of a network with one hidden layer.

use super::Task;
use super::draw::{normal, targets};
use super::slope::slopes;
use crate::array::Array;
use crate::mistake::Mistake;
use crate::solution::{self, mlp_probabilities, with_bias};
use emberlab_data::RandomState;

const HIDDEN: &[&str] = &["w1", "b1"];
const KINK: &str = "multiply by the derivative of ReLU: 1 where z1 > 0, else 0";

pub const MLP_BACKWARD: Task = Task {
    name: "mlp_backward",
    outputs: &["w1", "b1", "w2", "b2"],
    uses: &["softmax"],
    cases: |random| vec![case(random, [6, 3, 5, 4]), case(random, [8, 4, 3, 2])],
    solve: |arguments| match arguments {
        [inputs, targets, w1, b1, w2, b2] => solution::mlp_backward(inputs, targets, w1, b1, w2, b2).into(),
        _ => Vec::new(),
    },
    quotient: Some(|arguments| {
        (2..6).map(|at| slopes(|moved| loss(arguments, at, moved), &arguments[at])).collect()
    }),
    n_samples: Some(|arguments| arguments[0].rows()),
    mistakes: &[
        Mistake::of(HIDDEN, "derivative of ReLU missing", KINK, |arguments, right| {
            hidden(arguments, right, |gradient, _| gradient)
        }),
        Mistake::of(
            HIDDEN,
            "ReLU of the gradient",
            "the derivative of ReLU depends on the sign of z1, not on the sign of the gradient",
            |arguments, right| hidden(arguments, right, |gradient, _| gradient.max(0.0)),
        ),
        Mistake::of(HIDDEN, "value of ReLU instead of its derivative", KINK, |arguments, right| {
            hidden(arguments, right, |gradient, z| gradient * z.max(0.0))
        }),
        Mistake::of(HIDDEN, "derivative of ReLU turned round", KINK, |arguments, right| {
            hidden(arguments, right, |gradient, z| if z > 0.0 { 0.0 } else { gradient })
        }),
        Mistake::of(
            &["w2"],
            "scores instead of activations",
            "the input of the second layer is a1 = relu(z1), not z1",
            |arguments, _| output_gradient(arguments).transposed().dot(&scores(arguments)),
        ),
        Mistake::of(
            &["b1", "b2"],
            "mean instead of sum",
            "the division by m is in the derivative by the scores already: sum over the samples",
            |arguments, right| right.map(|value| value / arguments[0].rows() as f64),
        ),
        Mistake::of(
            &["w1", "b1", "w2", "b2"],
            "targets not subtracted",
            "the derivative by the scores is (p - y) / m; the targets are missing",
            |arguments, right| {
                let mut without = arguments.to_vec();
                without[1] = arguments[1].map(|_| 0.0);
                let [w1, b1, w2, b2] = backward(&without);
                [w1, b1, w2, b2]
                    .into_iter()
                    .find(|one| one.shape() == right.shape())
                    .unwrap_or_else(|| right.clone())
            },
        ),
    ],
};

/// Sizes are samples, features, hidden units and classes.
fn case(random: &mut RandomState, [m, n, h, n_classes]: [usize; 4]) -> Vec<Array> {
    vec![
        normal(random, &[m, n], 1.0),
        targets(random, m, n_classes),
        normal(random, &[h, n], 0.7),
        normal(random, &[1, h], 0.3),
        normal(random, &[n_classes, h], 0.7),
        normal(random, &[1, n_classes], 0.3),
    ]
}

fn backward(arguments: &[Array]) -> [Array; 4] {
    solution::mlp_backward(
        &arguments[0],
        &arguments[1],
        &arguments[2],
        &arguments[3],
        &arguments[4],
        &arguments[5],
    )
}

/// The scores of the hidden layer.
fn scores(arguments: &[Array]) -> Array {
    with_bias(&arguments[0].dot(&arguments[2].transposed()), &arguments[3])
}

fn probabilities(arguments: &[Array]) -> Array {
    mlp_probabilities(&arguments[0], &arguments[2], &arguments[3], &arguments[4], &arguments[5])
}

/// The loss with one of the arguments in another place.
fn loss(arguments: &[Array], at: usize, moved: &Array) -> f64 {
    let mut arguments = arguments.to_vec();
    arguments[at] = moved.clone();
    solution::cross_entropy(&arguments[1], &probabilities(&arguments))
}

fn output_gradient(arguments: &[Array]) -> Array {
    let m = arguments[0].rows() as f64;
    probabilities(arguments).zip(&arguments[1], |p, y| (p - y) / m)
}

/// The derivative by `w1` or `b1`, whichever has the shape of `right`, with another rule for ReLU.
fn hidden(arguments: &[Array], right: &Array, relu: impl Fn(f64, f64) -> f64) -> Array {
    let by_scores = output_gradient(arguments).dot(&arguments[4]).zip(&scores(arguments), relu);
    if right.shape() == arguments[2].shape() {
        by_scores.transposed().dot(&arguments[0])
    } else {
        by_scores.column_sums()
    }
}
