//! Random arguments.

use crate::array::Array;
use crate::solution;
use emberlab_data::RandomState;

/// Draws from the normal distribution, row after row.
pub fn normal(random: &mut RandomState, shape: &[usize], std: f64) -> Array {
    let mut array = Array::zeros(shape);
    array.values_mut().fill_with(|| random.standard_normal() * std);
    array
}

/// Probabilities of each class, none of them near 0.
pub fn probabilities(random: &mut RandomState, m: usize, n_classes: usize) -> Array {
    solution::softmax(&normal(random, &[m, n_classes], 0.5))
}

/// Probabilities of class 1.
pub fn probabilities_of_one(random: &mut RandomState, m: usize) -> Array {
    solution::sigmoid(&normal(random, &[m, 1], 1.0))
}

/// One-hot targets. The first samples have each class once, so that none is missing.
pub fn targets(random: &mut RandomState, m: usize, n_classes: usize) -> Array {
    let mut targets = Array::zeros(&[m, n_classes]);
    for row in 0..m {
        let class = if row < n_classes { row } else { (random.random_sample() * n_classes as f64) as usize };
        targets[[row, class]] = 1.0;
    }
    targets
}

/// Labels 0 and 1; both occur.
pub fn labels(random: &mut RandomState, m: usize) -> Array {
    let targets = targets(random, m, 2);
    Array::from_fn([m, 1], |row, _| targets[[row, 1]])
}
