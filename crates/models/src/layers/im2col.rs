//! Images laid out so that a convolution is a matrix product (im2col).
//!
//! Under a filter of `k × k` pixels an image appears shifted, once for each pixel of the filter. The images shifted by
//! each column are copied and stacked as channels, with rows of zeros above and below. A shift by a row is then only
//! another offset in memory, so that the numbers are copied `k` times, not `k²` times, and a convolution is a matrix
//! product over `k c` values for each row of the filter. At a stride of `s` the rows are dealt to `s` such tensors, each with
//! every `s`-th row, because the rows under one row of the filter all lie in one of them.

use crate::description::Window;
use burn::tensor::backend::Backend;
use burn::tensor::{Slice, Tensor};

/// Images shifted by each column of a filter.
pub(super) struct Im2col<B: Backend> {
    /// For each remainder of a row's number by the stride that a filter has a row for, `[n, k c, rows w']`, shift by shift.
    rows: Vec<Tensor<B, 3>>,
    /// Columns of the output.
    width: usize,
    /// Pixels of the output.
    area: usize,
}

/// Pixels of an image in one direction: those that are copied, and their place in the copy.
struct Copied {
    from: Slice,
    to: Slice,
    n: usize,
}

impl<B: Backend> Im2col<B> {
    /// Lays out images `[n, c, h, w]` for filters with `positions` (`h'` and `w'`) of a window.
    pub fn new(images: Tensor<B, 4>, window: Window, positions: [usize; 2]) -> Self {
        let [_, _, height, _] = images.dims();
        let [n_rows, width] = positions;
        let padded = height + window.padding.total();
        let rows = (0..window.stride.min(window.size)).map(|remainder| {
            let rows = padded.saturating_sub(remainder).div_ceil(window.stride);
            Self::copy(&images, window, (remainder, rows), width)
        });
        Self { rows: rows.collect(), width, area: n_rows * width }
    }

    /// The padded rows with one remainder, `[n, k c, rows w']`.
    fn copy(
        images: &Tensor<B, 4>,
        window: Window,
        (remainder, n_rows): (usize, usize),
        width: usize,
    ) -> Tensor<B, 3> {
        let Window { size, stride, padding } = window;
        let [n, channels, height, image_width] = images.dims();
        let shape = [n, size * channels, n_rows, width];
        let mut values = Tensor::<B, 4>::zeros(shape, (&images.device(), images.dtype()));
        for column in 0..size {
            let columns = copied(image_width, column, padding.before, stride, width);
            let rows = copied(height, remainder, padding.before, stride, n_rows);
            let (Some(rows), Some(columns)) = (rows, columns) else { continue };
            let shifted = images.clone().slice([Slice::full(), Slice::full(), rows.from, columns.from]);
            let block = Slice::from(column * channels..(column + 1) * channels);
            let shifted = shifted.reshape([n, channels, rows.n, columns.n]);
            values = values.slice_assign([Slice::full(), block, rows.to, columns.to], shifted);
        }
        values.reshape([n, size * channels, n_rows * width])
    }

    /// The patches under one row of the filters, `[n, k c, h' w']`.
    pub fn under_row(&self, row: usize) -> Tensor<B, 3> {
        let (remainder, skipped) = (row % self.rows.len(), row / self.rows.len());
        self.rows[remainder].clone().narrow(2, skipped * self.width, self.area)
    }
}

/// The pixels of an image of `side` pixels that lie under offset `offset` of a window at `n` positions, with `before` zeros in
/// front of them; none where only zeros are.
fn copied(side: usize, offset: usize, before: usize, stride: usize, n: usize) -> Option<Copied> {
    // Position i is over pixel `i stride + offset - before`.
    let first = before.saturating_sub(offset).div_ceil(stride);
    let pixel = (first * stride + offset).checked_sub(before)?;
    let end = n.min((side + before).saturating_sub(offset).div_ceil(stride));
    let n_copied = end.checked_sub(first).filter(|&n_copied| n_copied > 0)?;
    let last = pixel + (n_copied - 1) * stride;
    let from = Slice::new(pixel as isize, Some(last as isize + 1), stride as isize);
    Some(Copied { from, to: Slice::from(first..end), n: n_copied })
}
