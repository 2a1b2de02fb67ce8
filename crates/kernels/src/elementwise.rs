//! Functions of each element. A function that captures numbers must be a `move` closure, like those of [`vectorized`].

use crate::results::in_pieces;
use crate::vectorized::vectorized;
use rayon::prelude::*;

/// Numbers that a thread computes at a time.
const PIECE: usize = 1 << 14;

/// `function(value)` of each value.
pub fn map(values: &[f32], function: impl Fn(f32) -> f32 + Copy + Sync) -> Vec<f32> {
    let compute = |(): &mut (), piece: usize, output: &mut [f32]| {
        let values = &values[piece * PIECE..][..output.len()];
        vectorized(
            #[inline(always)]
            move || {
                for (output, value) in output.iter_mut().zip(values) {
                    *output = function(*value);
                }
            },
        );
    };
    in_pieces(values.len(), PIECE, || (), compute)
}

/// Replaces each value by `function(value)`.
pub fn change(values: &mut [f32], function: impl Fn(f32) -> f32 + Copy + Sync) {
    let compute = |values: &mut [f32]| {
        vectorized(
            #[inline(always)]
            move || {
                for value in &mut *values {
                    *value = function(*value);
                }
            },
        );
    };
    // Waking other threads for a single piece takes longer than the piece.
    match values.len() {
        0..=PIECE => compute(values),
        _ => values.par_chunks_mut(PIECE).for_each(compute),
    }
}

/// Replaces each value by `function(value, other)`.
///
/// # Panics
///
/// When the slices do not have the same length.
pub fn change_by(values: &mut [f32], others: &[f32], function: impl Fn(f32, f32) -> f32 + Copy + Sync) {
    assert_eq!(values.len(), others.len(), "the slices have different lengths");
    let compute = |(values, others): (&mut [f32], &[f32])| {
        vectorized(
            #[inline(always)]
            move || {
                for (value, other) in values.iter_mut().zip(others) {
                    *value = function(*value, *other);
                }
            },
        );
    };
    match values.len() {
        0..=PIECE => compute((values, others)),
        _ => values.par_chunks_mut(PIECE).zip(others.par_chunks(PIECE)).for_each(compute),
    }
}
