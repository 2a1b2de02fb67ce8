//! Sums over the channels of images.

use crate::vectorized::vectorized;
use rayon::prelude::*;

/// Tasks that a batch is divided into.
const TASKS: usize = 16;
/// Sums in flight.
const LANES: usize = 16;

/// Two sums for each channel of images `[n, c, s]`, in double precision, of what `terms` gives for the values of `left` and `right`.
/// The tasks are added in order.
pub fn channel_sums(
    channels: usize,
    pixels: usize,
    left: &[f32],
    right: &[f32],
    terms: impl Fn(f64, f64) -> (f64, f64) + Sync,
) -> [Vec<f64>; 2] {
    assert_eq!(left.len(), right.len(), "the slices have different lengths");
    let image = channels * pixels;
    let per_task = (left.len() / image.max(1)).div_ceil(TASKS).max(1) * image;
    let tasks = left.par_chunks(per_task).zip(right.par_chunks(per_task));
    let tasks: Vec<[Vec<f64>; 2]> = tasks
        .map(|(left, right)| {
            let mut sums = [vec![0.0; channels], vec![0.0; channels]];
            let planes = left.chunks_exact(pixels).zip(right.chunks_exact(pixels));
            for (index, (left, right)) in planes.enumerate() {
                let (first, second) = vectorized(
                    #[inline(always)]
                    || plane_sums(left, right, &terms),
                );
                sums[0][index % channels] += first;
                sums[1][index % channels] += second;
            }
            sums
        })
        .collect();
    let mut total = [vec![0.0; channels], vec![0.0; channels]];
    for task in &tasks {
        for (total, task) in total.iter_mut().zip(task) {
            total.iter_mut().zip(task).for_each(|(total, value)| *total += value);
        }
    }
    total
}

/// The sums of the terms of one plane.
#[inline(always)]
fn plane_sums(left: &[f32], right: &[f32], terms: impl Fn(f64, f64) -> (f64, f64)) -> (f64, f64) {
    let (mut first, mut second) = ([0.0; LANES], [0.0; LANES]);
    let (lefts, left_rest) = left.as_chunks::<LANES>();
    let (rights, right_rest) = right.as_chunks::<LANES>();
    for (left, right) in lefts.iter().zip(rights) {
        for lane in 0..LANES {
            let (a, b) = terms(f64::from(left[lane]), f64::from(right[lane]));
            first[lane] += a;
            second[lane] += b;
        }
    }
    for (lane, (left, right)) in left_rest.iter().zip(right_rest).enumerate() {
        let (a, b) = terms(f64::from(*left), f64::from(*right));
        first[lane] += a;
        second[lane] += b;
    }
    (first.iter().sum(), second.iter().sum())
}
