//! Which samples of many are drawn as points.

use emberlab_data::LabelledData;

/// The most points of a picture; more cannot be told apart and make a page of many megabytes.
const MAX_SHOWN: usize = 5000;

/// How many of `n` samples are drawn.
pub fn n_shown(n: usize) -> usize {
    n.div_ceil(every(n))
}

/// The rows of the samples that are drawn, class by class.
pub fn shown_rows(data: &LabelledData) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..data.len()).step_by(every(data.len())).collect();
    rows.sort_by_key(|&row| data.labels[row]);
    rows
}

fn every(n: usize) -> usize {
    n.div_ceil(MAX_SHOWN).max(1)
}
