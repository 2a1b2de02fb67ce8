//! Selects the samples that are drawn as points.

use emberlab_data::LabelledData;

/// The most points of a picture. More are not distinguishable and make a page many megabytes large.
const MAX_SHOWN: usize = 5000;

/// The number of points that are drawn for `n` samples.
pub fn n_shown(n: usize) -> usize {
    n.div_ceil(stride(n))
}

/// The rows of the samples that are drawn, sorted by class.
pub fn shown_rows(data: &LabelledData) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..data.len()).step_by(stride(data.len())).collect();
    rows.sort_by_key(|&row| data.labels[row]);
    rows
}

fn stride(n: usize) -> usize {
    n.div_ceil(MAX_SHOWN).max(1)
}
