//! Images laid out so that a convolution is a matrix product (im2col).
//!
//! Under a filter of `k × k` pixels an image appears shifted, once for each pixel of the filter. The images shifted by
//! each column are copied and stacked as channels, with rows of zeros above and below. A shift by a row is then only
//! another offset in memory, so that the numbers are copied `k` times, not `k²` times, and a convolution is a matrix
//! product over `k c` values for each row of the filter.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use std::ops::Range;

/// Images shifted by each column of a filter.
pub(super) struct Im2col<B: Backend> {
    /// `[n, k c, (h + k - 1) w]`, shift by shift.
    values: Tensor<B, 3>,
    width: usize,
    /// Pixels of an image.
    area: usize,
}

impl<B: Backend> Im2col<B> {
    /// Lays out images `[n, c, h, w]` for filters of `k × k` pixels, `k` odd.
    pub fn new(images: Tensor<B, 4>, kernel_size: usize) -> Self {
        let [n, channels, height, width] = images.dims();
        let padding = (kernel_size - 1) / 2;
        let shape = [n, kernel_size, channels, height + 2 * padding, width];
        let mut values = Tensor::<B, 5>::zeros(shape, (&images.device(), images.dtype()));
        for column in 0..kernel_size {
            let Some((from, to)) = overlap(width, column, padding) else { continue };
            let columns = from.len();
            let shifted = images.clone().narrow(3, from.start, columns);
            let target = [0..n, column..column + 1, 0..channels, padding..padding + height, to];
            values = values.slice_assign(target, shifted.reshape([n, 1, channels, height, columns]));
        }
        let values = values.reshape([n, kernel_size * channels, (height + 2 * padding) * width]);
        Self { values, width, area: height * width }
    }

    /// The patches under one row of the filters, `[n, k c, h w]`.
    pub fn under_row(&self, row: usize) -> Tensor<B, 3> {
        self.values.clone().narrow(2, row * self.width, self.area)
    }
}

/// The columns of the image under one column of a filter, and the columns of the output where they are; none where only
/// the padding is.
fn overlap(width: usize, column: usize, padding: usize) -> Option<(Range<usize>, Range<usize>)> {
    let (right, left) = (column.saturating_sub(padding), padding.saturating_sub(column));
    (right.max(left) < width).then(|| (right..width - left, left..width - right))
}
