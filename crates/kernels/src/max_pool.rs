//! Max-pooling of planes `[h, w]`.

use crate::results::{in_pieces, zeros};
use crate::vectorized::vectorized;
use rayon::prelude::*;

/// Pixels of all planes that a thread computes at a time.
const PIECE: usize = 1 << 14;

/// A window that moves over planes of one size. Rows and columns that no position reaches are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxPool {
    /// Height and width of a plane.
    pub plane: [usize; 2],
    /// Height and width of the window, at most [`MaxPool::LARGEST`] and no larger than the plane.
    pub size: usize,
    /// Pixels from one position to the next.
    pub stride: usize,
}

impl MaxPool {
    /// The largest window, whose pixels have numbers below 256.
    pub const LARGEST: usize = 15;

    /// Rows and columns of the output.
    pub fn positions(&self) -> [usize; 2] {
        self.plane.map(|side| (side + self.stride - self.size) / self.stride)
    }

    /// The largest pixel at each position, and its number in the window in reading order: of several the first.
    ///
    /// # Panics
    ///
    /// When the pixels are no whole number of planes, or the window is larger than it may be.
    pub fn forward(&self, input: &[f32]) -> (Vec<f32>, Vec<u8>) {
        let (n_inputs, n_outputs) = self.lens();
        let n = input.len() / n_inputs;
        assert_eq!(n * n_inputs, input.len(), "the planes have another shape");
        let (mut output, mut winners) = (zeros(n * n_outputs), zeros(n * n_outputs));
        let piece = (PIECE / n_inputs).max(1);
        let outputs = output.par_chunks_mut(piece * n_outputs).zip(winners.par_chunks_mut(piece * n_outputs));
        outputs.zip(input.par_chunks(piece * n_inputs)).for_each(|((output, winners), input)| {
            let outputs = output.chunks_exact_mut(n_outputs).zip(winners.chunks_exact_mut(n_outputs));
            for ((output, winners), plane) in outputs.zip(input.chunks_exact(n_inputs)) {
                vectorized(
                    #[inline(always)]
                    move || self.plane_forward(plane, output, winners),
                );
            }
        });
        (output, winners)
    }

    #[inline(always)]
    fn plane_forward(&self, plane: &[f32], output: &mut [f32], winners: &mut [u8]) {
        let (width, [_, columns]) = (self.plane[1], self.positions());
        let rows = output.chunks_exact_mut(columns).zip(winners.chunks_exact_mut(columns));
        for (y, (output, winners)) in rows.enumerate() {
            let rows = &plane[y * self.stride * width..][..self.size * width];
            if [self.size, self.stride] == [2, 2] {
                of_pairs(rows.split_at(width), output, winners);
            } else {
                self.row_forward(rows, output, winners);
            }
        }
    }

    /// A row of the output, of the rows under the window: each loop reads neighbouring pixels.
    #[inline(always)]
    fn row_forward(&self, rows: &[f32], output: &mut [f32], winners: &mut [u8]) {
        let mut number = 0;
        for pixels in rows.chunks_exact(self.plane[1]) {
            for column in 0..self.size {
                let places = output.iter_mut().zip(winners.iter_mut());
                for ((output, winner), pixel) in places.zip(pixels[column..].iter().step_by(self.stride)) {
                    // Both values before they are written: a choice of what is written would be a jump.
                    let is_larger = number == 0 || *pixel > *output;
                    let larger = if is_larger { *pixel } else { *output };
                    let first = if is_larger { number } else { *winner };
                    (*output, *winner) = (larger, first);
                }
                number += 1;
            }
        }
    }

    /// `∂J/∂X` from `∂J/∂Y` and the numbers of the largest pixels.
    ///
    /// # Panics
    ///
    /// When the slices do not have the same length or are no whole number of planes, or the window is larger than it may be.
    pub fn backward(&self, grad: &[f32], winners: &[u8]) -> Vec<f32> {
        assert_eq!(grad.len(), winners.len(), "the slices have different lengths");
        let (n_inputs, n_outputs) = self.lens();
        let n = grad.len() / n_outputs;
        assert_eq!(n * n_outputs, grad.len(), "the planes have another shape");
        let piece = (PIECE / n_inputs).max(1);
        let compute = |(): &mut (), index: usize, output: &mut [f32]| {
            let first = index * piece * n_outputs;
            let (grad, winners) = (&grad[first..], &winners[first..]);
            let grads = grad.chunks_exact(n_outputs).zip(winners.chunks_exact(n_outputs));
            for (plane, (grad, winners)) in output.chunks_exact_mut(n_inputs).zip(grads) {
                self.plane_backward(grad, winners, plane);
            }
        };
        in_pieces(n * n_inputs, piece * n_inputs, || (), compute)
    }

    fn plane_backward(&self, grad: &[f32], winners: &[u8], plane: &mut [f32]) {
        let (width, [_, columns]) = (self.plane[1], self.positions());
        // For each pixel of the window, its distance from the first one.
        let distances: Vec<usize> = (0..self.size * self.size)
            .map(|number| number / self.size * width + number % self.size)
            .collect();
        let rows = grad.chunks_exact(columns).zip(winners.chunks_exact(columns));
        for (y, (grad, winners)) in rows.enumerate() {
            for (x, (grad, winner)) in grad.iter().zip(winners).enumerate() {
                plane[y * self.stride * width + x * self.stride + distances[usize::from(*winner)]] += grad;
            }
        }
    }

    /// Pixels of a plane before and after.
    fn lens(&self) -> (usize, usize) {
        let is_allowed = self.size <= Self::LARGEST && self.plane.iter().all(|&side| self.size <= side);
        assert!(is_allowed, "the window is larger than it may be");
        let [rows, columns] = self.positions();
        ((self.plane[0] * self.plane[1]).max(1), (rows * columns).max(1))
    }
}

/// A row of the output for windows of 2 × 2 pixels, 2 pixels apart.
#[inline(always)]
fn of_pairs((above, below): (&[f32], &[f32]), output: &mut [f32], winners: &mut [u8]) {
    let pairs = above.as_chunks::<2>().0.iter().zip(below.as_chunks::<2>().0);
    for ((output, winner), ([first, b], [c, d])) in output.iter_mut().zip(winners).zip(pairs) {
        let (mut largest, mut number) = (*first, 0);
        for (pixel, own) in [(*b, 1), (*c, 2), (*d, 3)] {
            let is_larger = pixel > largest;
            largest = if is_larger { pixel } else { largest };
            number = if is_larger { own } else { number };
        }
        (*output, *winner) = (largest, number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_several_largest_pixels_wins_and_takes_the_gradient() {
        let pool = MaxPool { plane: [3, 5], size: 2, stride: 2 };
        #[rustfmt::skip]
        let plane = [
            1.0, 2.0, 5.0, 5.0, 9.0,
            2.0, 0.0, 4.0, 5.0, 9.0,
            9.0, 9.0, 9.0, 9.0, 9.0,
        ];
        let (largest, winners) = pool.forward(&plane);
        assert_eq!((largest, winners.clone()), (vec![2.0, 5.0], vec![1, 0]));
        let mut expected = [0.0; 15];
        (expected[1], expected[2]) = (3.0, 4.0);
        assert_eq!(pool.backward(&[3.0, 4.0], &winners), expected);
    }

    #[test]
    fn windows_of_every_size_and_stride_give_the_largest_pixel() {
        for (size, stride) in [(2, 2), (2, 1), (3, 2), (3, 3)] {
            let [height, width] = [9, 70];
            let pool = MaxPool { plane: [height, width], size, stride };
            let mut planes: Vec<f32> =
                (0..2 * height * width).map(|index| (index * 7919 % 13) as f32 - 6.0).collect();
            planes[100] = f32::NAN;
            let (largest, winners) = pool.forward(&planes);
            let [rows, columns] = pool.positions();
            for index in 0..2 * rows * columns {
                let (plane, y, x) = (index / (rows * columns), index / columns % rows, index % columns);
                let first = (plane * height + y * stride) * width + x * stride;
                let pixel = |number: usize| planes[first + number / size * width + number % size];
                // What is no number stays where it is the first, and is never larger.
                let mut expected = 0;
                (1..size * size).for_each(|own| {
                    if pixel(own) > pixel(expected) {
                        expected = own;
                    }
                });
                assert_eq!(usize::from(winners[index]), expected, "{size} {stride} {index}");
                assert_eq!(largest[index].to_bits(), pixel(expected).to_bits());
            }
        }
    }

    #[test]
    fn windows_that_overlap_add_their_gradients() {
        let pool = MaxPool { plane: [2, 3], size: 2, stride: 1 };
        let (largest, winners) = pool.forward(&[0.0, 7.0, 0.0, 1.0, 2.0, 3.0]);
        assert_eq!(largest, [7.0, 7.0]);
        assert_eq!(pool.backward(&[1.0, 10.0], &winners), [0.0, 11.0, 0.0, 0.0, 0.0, 0.0]);
    }
}
