//! Sums over the channels of images.

use crate::vectorized::vectorized;
use rayon::prelude::*;

/// Tasks that a batch is divided into.
const TASKS: usize = 16;
/// Sums in flight.
const LANES: usize = 16;

/// Channels and pixels of images `[n, c, s]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// `c`.
    pub channels: usize,
    /// `s`.
    pub pixels: usize,
}

impl Shape {
    /// Numbers of an image.
    pub(crate) fn image_len(self) -> usize {
        self.channels * self.pixels
    }

    /// Numbers of the images of a task, of `n` numbers in all.
    ///
    /// # Panics
    ///
    /// When these are no whole number of images.
    fn per_task(self, n: usize) -> usize {
        let n_images = n / self.image_len().max(1);
        assert_eq!(n_images * self.image_len(), n, "the images have another shape");
        n_images.div_ceil(TASKS) * self.image_len()
    }
}

/// Two sums for each channel, in double precision, of what `terms` gives for the values of `left` and `right`. The tasks are added
/// in order.
///
/// # Panics
///
/// When the slices do not have the same length, or are no whole number of images.
pub fn channel_sums(
    shape: Shape,
    left: &[f32],
    right: &[f32],
    terms: impl Fn(f64, f64) -> (f64, f64) + Sync,
) -> [Vec<f64>; 2] {
    assert_eq!(left.len(), right.len(), "the slices have different lengths");
    let per_task = shape.per_task(left.len());
    if left.is_empty() {
        return Sums::new(shape.channels).0;
    }
    let tasks = left.par_chunks(per_task).zip(right.par_chunks(per_task));
    let tasks = tasks.map(|(left, right)| {
        let mut sums = Sums::new(shape.channels);
        let planes = left.chunks_exact(shape.pixels).zip(right.chunks_exact(shape.pixels));
        planes.enumerate().for_each(|(plane, (left, right))| sums.add(plane, left, right, &terms));
        sums
    });
    Sums::total(shape.channels, &tasks.collect::<Vec<_>>())
}

/// Like [`channel_sums`], after `change(channel, left, right)` of each plane.
///
/// # Panics
///
/// As for [`channel_sums`].
pub fn channel_sums_after(
    shape: Shape,
    left: &[f32],
    right: &mut [f32],
    change: impl Fn(usize, &[f32], &mut [f32]) + Sync,
    terms: impl Fn(f64, f64) -> (f64, f64) + Sync,
) -> [Vec<f64>; 2] {
    assert_eq!(left.len(), right.len(), "the slices have different lengths");
    let per_task = shape.per_task(left.len());
    if left.is_empty() {
        return Sums::new(shape.channels).0;
    }
    let tasks = left.par_chunks(per_task).zip(right.par_chunks_mut(per_task));
    let tasks = tasks.map(|(left, right)| {
        let mut sums = Sums::new(shape.channels);
        let planes = left.chunks_exact(shape.pixels).zip(right.chunks_exact_mut(shape.pixels));
        for (plane, (left, right)) in planes.enumerate() {
            change(plane % shape.channels, left, right);
            sums.add(plane, left, right, &terms);
        }
        sums
    });
    Sums::total(shape.channels, &tasks.collect::<Vec<_>>())
}

/// The sums of a task.
struct Sums([Vec<f64>; 2]);

impl Sums {
    fn new(channels: usize) -> Self {
        Self([vec![0.0; channels], vec![0.0; channels]])
    }

    fn add(&mut self, plane: usize, left: &[f32], right: &[f32], terms: impl Fn(f64, f64) -> (f64, f64)) {
        let (first, second) = vectorized(
            #[inline(always)]
            move || plane_sums(left, right, &terms),
        );
        let channel = plane % self.0[0].len();
        self.0[0][channel] += first;
        self.0[1][channel] += second;
    }

    fn total(channels: usize, tasks: &[Self]) -> [Vec<f64>; 2] {
        let Self(mut total) = Self::new(channels);
        for Self(task) in tasks {
            for (total, task) in total.iter_mut().zip(task) {
                total.iter_mut().zip(task).for_each(|(total, value)| *total += value);
            }
        }
        total
    }
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
