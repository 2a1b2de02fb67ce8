//! The pixels that each row of a filter sees, as matrices.
//!
//! A filter of `k × k` pixels looks at an image moved by `u` rows and `v` columns, once for each of its
//! pixels. Images that are moved by columns are copies, put beside each other as channels; with rows of
//! zeros above and below, moving by a row then only moves where they begin in memory. So one matrix product
//! for each row of the filter, over `k c` values at a time, makes a convolution, and the numbers are copied
//! `k` times, not `k²` times.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use std::ops::Range;

/// Images moved by each column of a filter.
pub(super) struct MovedImages<B: Backend> {
    /// `[n, k c, (h + k - 1) w]`, the channels of one move after those of the move before.
    values: Tensor<B, 3>,
    width: usize,
    /// Pixels of an image.
    area: usize,
}

impl<B: Backend> MovedImages<B> {
    /// Moves images `[n, c, h, w]` for filters of `k × k` pixels, `k` odd.
    pub fn new(images: Tensor<B, 4>, kernel_size: usize) -> Self {
        let [n, channels, height, width] = images.dims();
        let border = (kernel_size - 1) / 2;
        let shape = [n, kernel_size, channels, height + 2 * border, width];
        let mut values = Tensor::<B, 5>::zeros(shape, (&images.device(), images.dtype()));
        for column in 0..kernel_size {
            let Some((from, to)) = overlap(width, column, border) else { continue };
            let columns = from.len();
            let seen = images.clone().narrow(3, from.start, columns);
            let place = [0..n, column..column + 1, 0..channels, border..border + height, to];
            values = values.slice_assign(place, seen.reshape([n, 1, channels, height, columns]));
        }
        let values = values.reshape([n, kernel_size * channels, (height + 2 * border) * width]);
        Self { values, width, area: height * width }
    }

    /// What row `u` of the filters sees: `[n, k c, h w]`.
    pub fn seen_by_row(&self, row: usize) -> Tensor<B, 3> {
        self.values.clone().narrow(2, row * self.width, self.area)
    }
}

/// The columns that a filter's column sees, and the places from which it sees them; none where all that it
/// sees is the border.
fn overlap(width: usize, column: usize, border: usize) -> Option<(Range<usize>, Range<usize>)> {
    let (right, left) = (column.saturating_sub(border), border.saturating_sub(column));
    (right.max(left) < width).then(|| (right..width - left, left..width - right))
}
