//! Functions of each element.

use crate::zeros::zeros;
use pulp::Arch;
use rayon::prelude::*;

/// Numbers that a thread computes at a time.
const PIECE: usize = 1 << 14;

/// `function(value)` of each value.
pub fn map(values: &[f32], function: impl Fn(f32) -> f32 + Sync) -> Vec<f32> {
    let mut output = zeros(values.len());
    let compute = |(output, values): (&mut [f32], &[f32])| {
        Arch::new().dispatch(
            #[inline(always)]
            || output.iter_mut().zip(values).for_each(|(output, value)| *output = function(*value)),
        );
    };
    // Waking other threads for a single piece takes longer than the piece.
    match values.len() {
        0..=PIECE => compute((&mut output, values)),
        _ => output.par_chunks_mut(PIECE).zip(values.par_chunks(PIECE)).for_each(compute),
    }
    output
}

/// `function(left, right)` of each pair.
///
/// # Panics
///
/// When the slices have not the same length.
pub fn zip_map(left: &[f32], right: &[f32], function: impl Fn(f32, f32) -> f32 + Sync) -> Vec<f32> {
    assert_eq!(left.len(), right.len(), "the slices have different lengths");
    let mut output = zeros(left.len());
    let compute = |(output, (left, right)): (&mut [f32], (&[f32], &[f32]))| {
        Arch::new().dispatch(
            #[inline(always)]
            || {
                let pairs = left.iter().zip(right);
                output
                    .iter_mut()
                    .zip(pairs)
                    .for_each(|(output, (left, right))| *output = function(*left, *right));
            },
        );
    };
    match left.len() {
        0..=PIECE => compute((&mut output, (left, right))),
        _ => {
            let pieces = left.par_chunks(PIECE).zip(right.par_chunks(PIECE));
            output.par_chunks_mut(PIECE).zip(pieces).for_each(compute);
        }
    }
    output
}
