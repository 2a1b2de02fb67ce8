//! The gradient of the filters.
//!
//! The tiles of some images are transformed, all of them by every core; then each place of a block of filters is a product over all of
//! these tiles. Groups of images come one after the other, so that the result does not depend on the number of threads.

use super::seen::{self, Seen};
use super::{PLACES, SIDE, SIZE, filters, matrices, places};
use crate::convolution::geometry::Convolution;
use crate::tile::Tile;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Numbers of transformed pixels and gradients that are held at a time, in whole images: 4 MB.
const GROUP: usize = 1 << 20;

/// `∂J/∂W [c', c, 3, 3]` of at least one image and its gradient.
pub fn gradient(convolution: &Convolution, images: &[f32], grad: &[f32]) -> Vec<f32> {
    Arch::new().dispatch(Gradient { convolution, images, grad })
}

struct Gradient<'a> {
    convolution: &'a Convolution,
    images: &'a [f32],
    grad: &'a [f32],
}

impl WithSimd for Gradient<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
        // A divisor of the channels, and the largest with two vectors of filters that leaves registers for the factors.
        if S::REGISTER_COUNT >= 32 { self.in_tiles::<S, 8, 2>(simd) } else { self.in_tiles::<S, 4, 2>(simd) }
    }
}

impl Gradient<'_> {
    /// Computes sums for `P` channels and `V` vectors of filters at a time.
    #[inline(always)]
    fn in_tiles<S: Simd, const P: usize, const V: usize>(self, simd: S) -> Vec<f32> {
        let Self { convolution, images, grad } = self;
        let width = V * S::F32_LANES;
        let seen = Seen::new(convolution);
        let (channels, depth) = (convolution.channels, seen.pixels.depth);
        let (n_inputs, n_outputs) = (convolution.n_inputs(), convolution.n_outputs());
        let n_blocks = convolution.n_filters.div_ceil(width);
        let grads_len = n_blocks * places::len(seen.n_tiles() * width);
        let n_group = (GROUP / (seen.len() + grads_len)).clamp(1, convolution.n_images(images));
        let mut group = Group {
            seen: &seen,
            pixels: vec![0.0; n_group * seen.len()],
            grads: vec![0.0; n_group * grads_len],
            n: n_group,
        };
        // `[block, place, channel, filter]`.
        let mut sums = vec![0.0; n_blocks * places::len(depth * width)];
        for (images, grads) in images.chunks(n_group * n_inputs).zip(grad.chunks(n_group * n_outputs)) {
            group.n = images.len() / n_inputs;
            let scratch = || (vec![0.0; seen.pixels.len()], vec![0.0; seen.n_tiles() * SIDE * SIDE * width]);
            let images = images.par_chunks_exact(n_inputs).zip(grads.par_chunks_exact(n_outputs));
            let pixels = group.pixels.par_chunks_exact_mut(seen.len());
            let results = pixels.zip(group.grads.par_chunks_exact_mut(grads_len));
            images.zip(results).for_each_init(
                scratch,
                |(padded, tiles), ((image, grad), (pixels, grads))| {
                    simd.vectorize(seen::Transform { seen: &seen, padded, image, output: pixels });
                    simd.vectorize(Transform::<V> { convolution, seen: &seen, tiles, grad, output: grads });
                },
            );
            let places = sums.par_chunks_exact_mut(places::apart(depth * width)).enumerate();
            places.for_each(|(place, sums)| {
                simd.vectorize(Products::<P, V> { group: &group, place, sums: &mut sums[..depth * width] });
            });
        }
        let mut gradient = vec![0.0; convolution.n_weights()];
        let blocks = gradient.par_chunks_mut(width * channels * SIZE * SIZE);
        let sums = sums.par_chunks_exact(places::len(depth * width));
        blocks.zip(sums).for_each(|(output, sums)| {
            simd.vectorize(filters::Gather::<V> { channels, sums, output });
        });
        gradient
    }
}

/// `A w Aᵀ` of the tiles of an image, `[block, place, tile, filter of the block]`.
struct Transform<'a, const V: usize> {
    convolution: &'a Convolution,
    seen: &'a Seen,
    /// Memory for the gradient of a block, `[tile row, row, tile column, column, filter]`, with zeros where tiles reach beyond it.
    tiles: &'a mut [f32],
    /// `[c', h', w']`.
    grad: &'a [f32],
    output: &'a mut [f32],
}

impl<const V: usize> WithSimd for Transform<'_, V> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { convolution, seen, tiles, grad, output } = self;
        let width = V * S::F32_LANES;
        let [rows, columns] = convolution.positions();
        let [_, n_x] = seen.tiles;
        let blocks = output.chunks_exact_mut(places::len(seen.n_tiles() * width));
        for (grad, output) in grad.chunks(width * rows * columns).zip(blocks) {
            for (y, row) in tiles.chunks_exact_mut(n_x * SIDE * width).enumerate().take(rows) {
                for (filter, plane) in grad.chunks_exact(rows * columns).enumerate() {
                    let places = row[filter..].iter_mut().step_by(width);
                    places.zip(&plane[y * columns..][..columns]).for_each(|(place, value)| *place = *value);
                }
            }
            let vectors = S::as_simd_f32s(tiles).0;
            for tile in 0..seen.n_tiles() {
                let first = (tile / n_x * n_x * SIDE + tile % n_x) * SIDE;
                for vector in 0..V {
                    let mut values = [[simd.splat_f32s(0.0); SIDE]; SIDE];
                    for (row, values) in values.iter_mut().enumerate() {
                        for (column, value) in values.iter_mut().enumerate() {
                            *value = vectors[(first + row * n_x * SIDE + column) * V + vector];
                        }
                    }
                    places::write::<S>(output, tile * V + vector, matrices::of_gradients(simd, values));
                }
            }
        }
    }
}

/// Some images and their gradients, transformed.
struct Group<'a> {
    seen: &'a Seen,
    /// `[image, place, tile, channel]`.
    pixels: Vec<f32>,
    /// `[image, block, place, tile, filter of the block]`.
    grads: Vec<f32>,
    /// The number of images.
    n: usize,
}

/// Adds the products of a place of a block to its sums, `[channel, filter]`.
struct Products<'a, const P: usize, const V: usize> {
    group: &'a Group<'a>,
    /// The number of the place, those of the blocks before counted.
    place: usize,
    sums: &'a mut [f32],
}

impl<const P: usize, const V: usize> WithSimd for Products<'_, P, V> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { group: Group { seen, pixels, grads, n }, place, sums } = self;
        let grads_len = seen.n_tiles() * V * S::F32_LANES;
        let first_pixel = place % PLACES * seen.place_len();
        let first_grad = place * places::apart(grads_len);
        let images = pixels
            .chunks_exact(seen.len())
            .zip(grads.chunks_exact(grads.len() / (pixels.len() / seen.len())));
        for (first, sums) in sums.chunks_exact_mut(P * V * S::F32_LANES).enumerate() {
            let mut tile = Tile::<S, P, V>::load(simd, sums);
            for (pixels, grads) in images.clone().take(*n) {
                let grads = S::as_simd_f32s(&grads[first_grad..][..grads_len]).0.as_chunks::<V>().0;
                for (pixels, grads) in pixels[first_pixel + first * P..].chunks(seen.pixels.depth).zip(grads)
                {
                    let Some(pixels) = pixels.first_chunk::<P>() else { continue };
                    tile.add_products(simd, pixels, grads);
                }
            }
            tile.store(sums);
        }
    }
}
