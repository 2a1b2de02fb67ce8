//! The output of a convolution.

use super::seen::{self, Seen};
use super::{PLACES, SIDE, SIZE, filters, matrices, places};
use crate::convolution::channels_last::CHUNK;
use crate::convolution::geometry::Convolution;
use crate::results::in_pieces;
use crate::tile::Tile;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;
use std::array::from_fn;

/// Tiles that a thread computes at a time, in whole images: filters are read once for all of them.
const GROUP: usize = 96;

pub fn convolve(convolution: &Convolution, images: &[f32], weight: &[f32], bias: Option<&[f32]>) -> Vec<f32> {
    Arch::new().dispatch(Convolve { convolution, seen: Seen::new(convolution), images, weight, bias })
}

struct Convolve<'a> {
    convolution: &'a Convolution,
    seen: Seen,
    images: &'a [f32],
    weight: &'a [f32],
    bias: Option<&'a [f32]>,
}

impl WithSimd for Convolve<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
        // A tile of 24 sums, or of 12 on processors with fewer registers.
        if S::REGISTER_COUNT >= 32 { self.in_tiles::<S, 12, 2>(simd) } else { self.in_tiles::<S, 6, 2>(simd) }
    }
}

impl Convolve<'_> {
    /// Computes products for `P` tiles and `V` vectors of filters at a time.
    #[inline(always)]
    fn in_tiles<S: Simd, const P: usize, const V: usize>(self, simd: S) -> Vec<f32> {
        let Self { convolution, seen, images, .. } = self;
        let blocks = self.blocks::<S, V>(simd);
        let (n_inputs, n_outputs) = (convolution.n_inputs(), convolution.n_outputs());
        let n_group = GROUP.div_ceil(seen.n_tiles());
        let scratch = || Scratch::new::<P>(&seen, n_group, V * S::F32_LANES);
        let n_results = convolution.n_images(images) * n_outputs;
        in_pieces(n_results, n_group * n_outputs, scratch, |scratch, group, output| {
            let images = &images[group * n_group * n_inputs..][..output.len() / n_outputs * n_inputs];
            let pixels = scratch.pixels.chunks_exact_mut(seen.len());
            for (output, image) in pixels.zip(images.chunks_exact(n_inputs)) {
                let padded = &mut scratch.padded;
                simd.vectorize(seen::Transform { seen: &seen, padded, image, output });
            }
            simd.vectorize(Group::<P, V> { convolution, seen: &seen, blocks: &blocks, scratch, output });
        })
    }

    #[inline(always)]
    fn blocks<S: Simd, const V: usize>(&self, simd: S) -> Vec<Block> {
        let (channels, width) = (self.convolution.channels, V * S::F32_LANES);
        let block = |(index, filters): (usize, &[f32])| {
            let mut weight = vec![0.0; places::len(self.seen.pixels.depth * width)];
            simd.vectorize(filters::Transform::<V> { channels, filters, output: &mut weight });
            let own = |bias: &[f32]| bias.iter().skip(index * width).take(width).copied().collect();
            let mut bias: Vec<f32> = self.bias.map(own).unwrap_or_default();
            bias.resize(width, 0.0);
            Block { weight, bias }
        };
        self.weight.par_chunks(width * channels * SIZE * SIZE).enumerate().map(block).collect()
    }
}

/// Filters that fill the vectors of a tile.
struct Block {
    /// `[place, channel, filter]`.
    weight: Vec<f32>,
    bias: Vec<f32>,
}

/// What a thread computes with.
struct Scratch {
    /// An image with its zeros.
    padded: Vec<f32>,
    /// `[image, place, tile, channel]`.
    pixels: Vec<f32>,
    /// `[place, tile, filter of a block]`.
    products: Vec<f32>,
    /// `[image, tile row, row, tile column, column, filter of a block]`.
    sums: Vec<f32>,
}

impl Scratch {
    fn new<const P: usize>(seen: &Seen, n_images: usize, width: usize) -> Self {
        let n_tiles = n_images * seen.n_tiles();
        Self {
            padded: vec![0.0; seen.pixels.len()],
            pixels: vec![0.0; n_images * seen.len()],
            products: vec![0.0; places::len(n_tiles.next_multiple_of(P) * width)],
            sums: vec![0.0; n_tiles * SIDE * SIDE * width],
        }
    }
}

/// Some images.
struct Group<'a, const P: usize, const V: usize> {
    convolution: &'a Convolution,
    seen: &'a Seen,
    blocks: &'a [Block],
    scratch: &'a mut Scratch,
    output: &'a mut [f32],
}

impl<const P: usize, const V: usize> WithSimd for Group<'_, P, V> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let n_tiles = self.seen.n_tiles();
        let n = self.output.len() / self.convolution.n_outputs() * n_tiles;
        // Tiles that are missing in the last row are computed from the last tile.
        let start = |tile: usize| tile / n_tiles * self.seen.len() + tile % n_tiles * self.seen.pixels.depth;
        let rows = (0..n).step_by(P);
        let starts: Vec<[usize; P]> =
            rows.map(|first| from_fn(|tile| start((first + tile).min(n - 1)))).collect();
        for (index, block) in self.blocks.iter().enumerate() {
            self.multiply(simd, &starts, &block.weight);
            self.sum(simd, n, &block.bias);
            self.write(index * V * S::F32_LANES, V * S::F32_LANES);
        }
    }
}

impl<const P: usize, const V: usize> Group<'_, P, V> {
    /// The products of a block of filters, summed over the channels.
    #[inline(always)]
    fn multiply<S: Simd>(&mut self, simd: S, starts: &[[usize; P]], weight: &[f32]) {
        let Scratch { pixels, products, .. } = &mut *self.scratch;
        let place_len = products.len() / PLACES;
        let weights = weight.chunks_exact(weight.len() / PLACES);
        for (place, (weight, products)) in weights.zip(products.chunks_exact_mut(place_len)).enumerate() {
            let weight = &weight[..self.seen.pixels.depth * V * S::F32_LANES];
            let weight = S::as_simd_f32s(weight).0.as_chunks::<V>().0.as_chunks::<CHUNK>().0;
            for (starts, products) in starts.iter().zip(products.chunks_exact_mut(P * V * S::F32_LANES)) {
                let mut tile = Tile::<S, P, V>::repeat(simd, &[]);
                let mut left = &pixels[place * self.seen.place_len()..];
                for weight in weight {
                    tile.add(simd, left, *starts, weight);
                    left = left.get(CHUNK..).unwrap_or_default();
                }
                tile.store(products);
            }
        }
    }

    /// The sums of `n` tiles, from their products.
    #[inline(always)]
    fn sum<S: Simd>(&mut self, simd: S, n: usize, bias: &[f32]) {
        let Scratch { products, sums, .. } = &mut *self.scratch;
        let bias = S::as_simd_f32s(bias).0;
        let sums = S::as_mut_simd_f32s(sums).0;
        let [_, n_x] = self.seen.tiles;
        for tile in 0..n {
            let first = (tile / n_x * n_x * SIDE + tile % n_x) * SIDE;
            for (vector, bias) in bias.iter().enumerate() {
                let values = matrices::to_sums(simd, &places::read(simd, products, tile * V + vector));
                for (row, values) in values.iter().enumerate() {
                    for (column, value) in values.iter().enumerate() {
                        sums[(first + row * n_x * SIDE + column) * V + vector] = simd.add_f32s(*value, *bias);
                    }
                }
            }
        }
    }

    /// Writes the sums of `width` filters from `first` on.
    fn write(&mut self, first: usize, width: usize) {
        let [rows, columns] = self.convolution.positions();
        let row_len = self.seen.tiles[1] * SIDE * width;
        let image_len = self.seen.n_tiles() * SIDE * SIDE * width;
        let images = self.output.chunks_exact_mut(self.convolution.n_outputs());
        for (output, sums) in images.zip(self.scratch.sums.chunks_exact(image_len)) {
            let planes = output.chunks_exact_mut(rows * columns).skip(first).take(width);
            for (filter, plane) in planes.enumerate() {
                for (row, sums) in plane.chunks_exact_mut(columns).zip(sums.chunks_exact(row_len)) {
                    let sums = sums[filter..].iter().step_by(width);
                    row.iter_mut().zip(sums).for_each(|(place, sum)| *place = *sum);
                }
            }
        }
    }
}
