//! Random corners of a hypercube.

use crate::random_state::RandomState;
use std::collections::HashSet;

/// `n_corners` different corners of a hypercube, as the bits of their coordinates.
///
/// Beyond 30 dimensions scikit-learn draws the leading ones bit by bit, and only the last 30 so
/// that corners differ.
pub(super) fn hypercube_corners(
    n_corners: usize,
    dimensions: usize,
    random: &mut RandomState,
) -> Vec<Vec<bool>> {
    if dimensions > 30 {
        let mut corners: Vec<Vec<bool>> =
            (0..n_corners).map(|_| (30..dimensions).map(|_| random.below(2) == 1).collect()).collect();
        let last = hypercube_corners(n_corners, 30, random);
        for (corner, last) in corners.iter_mut().zip(last) {
            corner.extend(last);
        }
        return corners;
    }
    sample_without_replacement(1 << dimensions, n_corners, random)
        .into_iter()
        .map(|corner| (0..dimensions).rev().map(|bit| corner >> bit & 1 == 1).collect())
        .collect()
}

/// scikit-learn's `sample_without_replacement(method="auto")` (`utils/_random.pyx`), whose
/// method depends on the ratio. `n_samples` is at most `n_population`.
fn sample_without_replacement(n_population: usize, n_samples: usize, random: &mut RandomState) -> Vec<usize> {
    let ratio = n_samples as f64 / n_population as f64;
    if ratio > 0.01 && ratio < 0.99 {
        let mut order = random.permutation(n_population);
        order.truncate(n_samples);
        return order;
    }
    if ratio < 0.2 {
        let mut taken = HashSet::new();
        return std::iter::repeat_with(|| random.below(n_population))
            .filter(|&index| taken.insert(index))
            .take(n_samples)
            .collect();
    }
    let mut reservoir: Vec<usize> = (0..n_samples).collect();
    for index in n_samples..n_population {
        let slot = random.below(index + 1);
        if slot < n_samples {
            reservoir[slot] = index;
        }
    }
    reservoir
}
