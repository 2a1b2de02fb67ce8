//! The gradient of the filters.
//!
//! `∂J/∂W[o,c,u,v] = Σ_i Σ_p G[i,o][p] x[i,c][s p + u w' + v]`. A vector holds the same pixel of a filter for several filters, so that
//! nothing is summed across a vector.
//!
//! The images are divided into tasks. Each task has sums of its own, and those are added in order, so that the result does not
//! depend on the number of threads.

use super::geometry::Convolution;
use super::square;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Tasks that a batch is divided into.
const TASKS: usize = 16;
/// Images whose products are added before their sum leaves the registers.
const GROUP: usize = 4;
/// Positions that are arranged at a time.
const CHUNK: usize = 64;
/// Numbers that are added at a time when the sums of the tasks are added.
const PIECE: usize = 4096;

pub fn gradient(convolution: &Convolution, images: &[f32], grad: &[f32]) -> Vec<f32> {
    let per_task = convolution.n_images(images).div_ceil(TASKS);
    let images = images.par_chunks(per_task * convolution.n_inputs());
    let mut tasks: Vec<Sums> = images
        .zip(grad.par_chunks(per_task * convolution.n_outputs()))
        .map(|(images, grad)| Arch::new().dispatch(Task { convolution, images, grad }))
        .collect();
    let (first, others) = tasks.split_at_mut(1);
    first[0].values.par_chunks_mut(PIECE).enumerate().for_each(|(piece, sums)| {
        for other in &*others {
            sums.iter_mut().zip(&other.values[piece * PIECE..]).for_each(|(sum, value)| *sum += value);
        }
    });
    first[0].by_filter(convolution)
}

/// Sums of products, `[block of filters][c k k][filter of the block]`.
struct Sums {
    values: Vec<f32>,
    /// Filters of a block.
    width: usize,
}

impl Sums {
    /// `[c', c, k, k]`.
    fn by_filter(&self, convolution: &Convolution) -> Vec<f32> {
        let per_filter = convolution.channels * convolution.size * convolution.size;
        let mut sums = vec![0.0; convolution.n_weights()];
        sums.par_chunks_mut(per_filter.max(1)).enumerate().for_each(|(filter, sums)| {
            let block = &self.values[filter / self.width * per_filter * self.width..];
            let values = block.iter().skip(filter % self.width).step_by(self.width);
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum = *value);
        });
        sums
    }
}

/// The images of a task.
struct Task<'a> {
    convolution: &'a Convolution,
    images: &'a [f32],
    grad: &'a [f32],
}

impl WithSimd for Task<'_> {
    type Output = Sums;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Sums {
        // Twelve pixels of two vectors of filters have 24 sums; processors with fewer registers hold half of them.
        let is_narrow = self.convolution.n_filters <= S::F32_LANES;
        match (self.convolution.size, S::REGISTER_COUNT >= 32, is_narrow) {
            (3, true, false) => self.sums::<S, 4, 3, 2>(simd),
            (3, true, true) => self.sums::<S, 8, 3, 1>(simd),
            (3, false, false) => self.sums::<S, 2, 3, 2>(simd),
            (3, false, true) => self.sums::<S, 4, 3, 1>(simd),
            (2, _, _) => self.sums::<S, 3, 2, 2>(simd),
            _ => self.sums::<S, 4, 1, 2>(simd),
        }
    }
}

impl Task<'_> {
    /// The sums of all images, for `R` rows of `K` pixels of `V` vectors of filters at a time.
    #[inline(always)]
    fn sums<S: Simd, const R: usize, const K: usize, const V: usize>(self, simd: S) -> Sums {
        let Self { convolution, images, grad } = self;
        let planes = convolution.planes(0);
        let taps = square(convolution.size, planes.stride);
        // The first pixel of each row, in the order of the filters.
        let mut rows: Vec<usize> = (0..convolution.channels)
            .flat_map(|channel| taps.iter().step_by(K).map(move |tap| channel * planes.len + tap))
            .collect();
        let n_rows = rows.len();
        // Rows of sums that nobody reads.
        rows.resize(n_rows.next_multiple_of(R), 0);
        let width = V * S::F32_LANES;
        let n_blocks = convolution.n_filters.div_ceil(width);
        let [n_y, n_x] = convolution.positions();
        let mut values = vec![0.0; n_blocks * n_rows * K * width];
        let mut group: Vec<Image> = (0..GROUP)
            .map(|_| Image {
                padded: vec![0.0; convolution.channels * planes.len],
                grads: vec![0.0; n_blocks * n_y * n_x * width],
            })
            .collect();
        let strides = [planes.stride * convolution.stride, convolution.stride];
        let images = images.chunks(GROUP * convolution.n_inputs());
        for (images, grads) in images.zip(grad.chunks(GROUP * convolution.n_outputs())) {
            let pairs =
                images.chunks_exact(convolution.n_inputs()).zip(grads.chunks_exact(convolution.n_outputs()));
            let n = pairs.len();
            for (image, (pixels, grad)) in group.iter_mut().zip(pairs) {
                planes.fill(&mut image.padded, pixels);
                by_position(grad, n_y * n_x, width, &mut image.grads);
            }
            for (block, sums) in values.chunks_exact_mut(n_rows * K * width).enumerate() {
                let block = Products {
                    images: &group[..n],
                    first: block * n_y * n_x * width,
                    positions: [n_y, n_x],
                    strides,
                };
                for (rows, sums) in rows.as_chunks::<R>().0.iter().zip(sums.chunks_mut(R * K * width)) {
                    block.add::<S, R, K, V>(simd, *rows, sums);
                }
            }
        }
        Sums { values, width }
    }
}

/// Arranges the gradient of an image, `[c', positions]`, as `[block of filters][position][filter of the block]`.
fn by_position(grad: &[f32], n_positions: usize, width: usize, grads: &mut [f32]) {
    let blocks = grads.chunks_exact_mut(n_positions * width);
    for (block, grad) in blocks.zip(grad.chunks(n_positions * width)) {
        // Some positions at a time, whose places stay in the cache.
        for (chunk, places) in block.chunks_mut(CHUNK * width).enumerate() {
            for (filter, grad) in grad.chunks_exact(n_positions).enumerate() {
                let places = places[filter..].iter_mut().step_by(width);
                places.zip(&grad[chunk * CHUNK..]).for_each(|(place, value)| *place = *value);
            }
        }
    }
}

/// An image and its gradient.
struct Image {
    /// `[c, rows, columns]`, with the zeros around the image.
    padded: Vec<f32>,
    /// `[block of filters, position, filter of the block]`.
    grads: Vec<f32>,
}

/// Some images, and a block of filters.
struct Products<'a> {
    images: &'a [Image],
    /// The first gradient of the block.
    first: usize,
    /// Rows and columns of the output.
    positions: [usize; 2],
    /// Numbers from one row, and one column, of positions to the next.
    strides: [usize; 2],
}

impl Products<'_> {
    /// Adds the products of `R` rows of `K` pixels to their sums, `[R, K, filters of the block]`.
    #[inline(always)]
    fn add<S: Simd, const R: usize, const K: usize, const V: usize>(
        &self,
        simd: S,
        rows: [usize; R],
        sums: &mut [f32],
    ) {
        let mut tile = [[[simd.splat_f32s(0.0); V]; K]; R];
        let [n_y, n_x] = self.positions;
        let (width, [row_stride, stride]) = (V * S::F32_LANES, self.strides);
        for Image { padded, grads } in self.images {
            let positions = grads[self.first..][..n_y * n_x * width].chunks_exact(n_x * width);
            for (y, grads) in positions.enumerate() {
                // Loops: `map` of a large array is not inlined.
                let mut pixels = [&padded[..0]; R];
                for (pixels, row) in pixels.iter_mut().zip(rows) {
                    *pixels = &padded[row + y * row_stride..][..(n_x - 1) * stride + K];
                }
                for (x, grads) in S::as_simd_f32s(grads).0.as_chunks::<V>().0.iter().enumerate() {
                    let mut windows = [&[0.0; K]; R];
                    for (window, pixels) in windows.iter_mut().zip(pixels) {
                        *window = pixels[x * stride..].first_chunk::<K>().unwrap_or(&[0.0; K]);
                    }
                    for (tile, window) in tile.iter_mut().zip(windows) {
                        for (sums, pixel) in tile.iter_mut().zip(window) {
                            let pixel = simd.splat_f32s(*pixel);
                            for (sum, grad) in sums.iter_mut().zip(grads) {
                                *sum = simd.mul_add_e_f32s(pixel, *grad, *sum);
                            }
                        }
                    }
                }
            }
        }
        // Loops of fixed length, so that the tile stays in registers.
        for (tile, sums) in tile.into_iter().zip(sums.chunks_exact_mut(K * V * S::F32_LANES)) {
            for (tile, places) in tile.into_iter().zip(S::as_mut_simd_f32s(sums).0.as_chunks_mut::<V>().0) {
                for (sum, place) in tile.into_iter().zip(places) {
                    *place = simd.add_f32s(*place, sum);
                }
            }
        }
    }
}
