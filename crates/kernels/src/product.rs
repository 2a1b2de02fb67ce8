//! Products of matrices.
//!
//! The right matrix is arranged in blocks of columns that fill a few vectors. A tile of sums, some rows of the left matrix by one
//! block, stays in registers for `DEPTH` terms; meanwhile those terms of a block and of the rows of a task stay in the cache.
//!
//! A task has some rows. The terms of each sum are added in order, so that the result does not depend on the number of threads.

use crate::results::in_pieces;
use crate::tile::{Place, Tile};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Terms that are added to a tile before the next one.
const DEPTH: usize = 1024;
/// Numbers of a row that are read at once: a line of the cache.
const CHUNK: usize = 16;
/// Products of numbers from which on a task is large enough for a thread.
const TASK: usize = 1 << 19;

/// The right matrix.
#[derive(Clone, Copy, Debug)]
pub enum Right<'a> {
    /// `[k, n]`.
    Rows(&'a [f32]),
    /// `[n, k]`, whose transpose is meant.
    Columns(&'a [f32]),
}

/// `A B [m, n]` of `A [m, k]` and `B [k, n]`.
pub fn product(left: &[f32], right: Right<'_>, n_terms: usize, n_columns: usize) -> Vec<f32> {
    if left.is_empty() || n_columns == 0 {
        return Vec::new();
    }
    Arch::new().dispatch(Product { left, right, n_terms, n_columns })
}

/// `A [m, n]` transposed.
pub fn transposed(matrix: &[f32], n_columns: usize) -> Vec<f32> {
    let n_rows = matrix.len() / n_columns.max(1);
    let mut output = vec![0.0; matrix.len()];
    for first in (0..n_rows).step_by(CHUNK) {
        for column in 0..n_columns {
            let rows = first..(first + CHUNK).min(n_rows);
            let places = &mut output[column * n_rows..][rows.clone()];
            places.iter_mut().zip(rows).for_each(|(place, row)| *place = matrix[row * n_columns + column]);
        }
    }
    output
}

struct Product<'a> {
    left: &'a [f32],
    right: Right<'a>,
    n_terms: usize,
    n_columns: usize,
}

impl WithSimd for Product<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
        // A tile of 24 sums, or of 12 on processors with fewer registers.
        match (S::REGISTER_COUNT >= 32, self.n_columns <= S::F32_LANES) {
            (true, false) => self.in_tiles::<S, 12, 2>(simd),
            (true, true) => self.in_tiles::<S, 24, 1>(simd),
            (false, false) => self.in_tiles::<S, 6, 2>(simd),
            (false, true) => self.in_tiles::<S, 12, 1>(simd),
        }
    }
}

impl Product<'_> {
    #[inline(always)]
    fn in_tiles<S: Simd, const P: usize, const V: usize>(self, simd: S) -> Vec<f32> {
        let Self { left, right, n_terms, n_columns } = self;
        let width = V * S::F32_LANES;
        let blocks = blocks(right, n_terms, n_columns, width);
        let per_task = P * TASK.div_ceil(P * n_terms * n_columns);
        let compute = |(): &mut (), task: usize, output: &mut [f32]| {
            let left = &left[task * per_task * n_terms..][..output.len() / n_columns * n_terms];
            simd.vectorize(Rows::<P, V> { left, blocks: &blocks, n_terms, n_columns, output });
        };
        in_pieces(left.len() / n_terms * n_columns, per_task * n_columns, || (), compute)
    }
}

/// The columns in blocks, `[k, column of the block]` each, with zeros for columns that are missing in the last one.
fn blocks(right: Right<'_>, n_terms: usize, n_columns: usize, width: usize) -> Vec<Vec<f32>> {
    let block = |block: usize| {
        let first = block * width;
        let n = width.min(n_columns - first);
        match right {
            Right::Rows(rows) => {
                rows_of_block(rows.chunks_exact(n_columns).map(|row| &row[first..][..n]), n_terms, width)
            }
            Right::Columns(columns) => {
                columns_of_block(&columns[first * n_terms..][..n * n_terms], n_terms, width)
            }
        }
    };
    let n_blocks = n_columns.div_ceil(width);
    if n_terms * n_columns <= TASK / CHUNK {
        (0..n_blocks).map(block).collect()
    } else {
        (0..n_blocks).into_par_iter().map(block).collect()
    }
}

/// A block of rows that are no wider than it.
fn rows_of_block<'a>(rows: impl Iterator<Item = &'a [f32]>, n_terms: usize, width: usize) -> Vec<f32> {
    let mut block = Vec::with_capacity(n_terms * width);
    for row in rows {
        block.extend_from_slice(row);
        block.resize(block.len().next_multiple_of(width), 0.0);
    }
    block
}

/// A block of columns `[column, k]`. Some terms of each are read at a time, so that those of all columns are in the cache together.
fn columns_of_block(columns: &[f32], n_terms: usize, width: usize) -> Vec<f32> {
    let mut block = vec![0.0; n_terms * width];
    for (chunk, places) in block.chunks_mut(CHUNK * width).enumerate() {
        for (column, values) in columns.chunks_exact(n_terms).enumerate() {
            let places = places[column..].iter_mut().step_by(width);
            places.zip(&values[chunk * CHUNK..]).for_each(|(place, value)| *place = *value);
        }
    }
    block
}

/// Some rows of a product.
struct Rows<'a, const P: usize, const V: usize> {
    left: &'a [f32],
    blocks: &'a [Vec<f32>],
    n_terms: usize,
    n_columns: usize,
    output: &'a mut [f32],
}

impl<const P: usize, const V: usize> WithSimd for Rows<'_, P, V> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { left, blocks, n_terms, n_columns, output } = self;
        let width = V * S::F32_LANES;
        let n_rows = output.len() / n_columns;
        for first_term in (0..n_terms).step_by(DEPTH) {
            let depth = DEPTH.min(n_terms - first_term);
            for (block, first) in blocks.iter().zip((0..n_columns).step_by(width)) {
                let right = &block[first_term * width..][..depth * width];
                let right = S::as_simd_f32s(right).0.as_chunks::<V>().0;
                for (tile, rows) in output.chunks_mut(P * n_columns).enumerate() {
                    // Rows that are missing in the last tile are computed from the last row.
                    let starts =
                        std::array::from_fn(|row| (tile * P + row).min(n_rows - 1) * n_terms + first_term);
                    let mut sums = match first_term {
                        0 => Tile::<S, P, V>::repeat(simd, &[]),
                        _ => Tile::load_from(simd, Place { rows: &*rows, n_columns, first }),
                    };
                    add(simd, &mut sums, left, starts, right);
                    sums.store_to(simd, Place { rows, n_columns, first });
                }
            }
        }
    }
}

/// Adds the products of as many numbers of each row as `right` has rows. Rows that are a multiple of 4 kB apart have few places in the
/// cache, fewer than a narrow tile has rows, so that some numbers of each are copied side by side first.
#[inline(always)]
fn add<S: Simd, const P: usize, const V: usize>(
    simd: S,
    tile: &mut Tile<S, P, V>,
    left: &[f32],
    mut starts: [usize; P],
    right: &[[S::f32s; V]],
) {
    let mut side_by_side = [[0.0; CHUNK]; P];
    let places = std::array::from_fn(|row| row * CHUNK);
    let (chunks, rest) = right.as_chunks::<CHUNK>();
    for right in chunks {
        if V == 1 {
            for (copy, start) in side_by_side.iter_mut().zip(starts) {
                *copy = left[start..].first_chunk().copied().unwrap_or([0.0; CHUNK]);
            }
            tile.add(simd, side_by_side.as_flattened(), places, right);
        } else {
            tile.add(simd, left, starts, right);
        }
        for start in &mut starts {
            *start += CHUNK;
        }
    }
    for right in rest.as_chunks::<1>().0 {
        tile.add(simd, left, starts, right);
        for start in &mut starts {
            *start += 1;
        }
    }
}
