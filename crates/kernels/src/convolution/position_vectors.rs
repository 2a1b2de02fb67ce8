//! The output of a convolution at a stride of 1, with vectors of positions.
//!
//! An image with zeros around it, `w'` pixels wide, is a plane of numbers. The pixel under row `u` and column `v` of a filter at
//! position `p` of the plane is number `p + u w' + v`, so a whole vector of positions is read from one place, without
//! gathering windows:
//!
//! `z[o][p] = b[o] + Σ_{c,u,v} W[o,c,u,v] x[c][p + u w' + v]`.
//!
//! The positions at the end of each row, whose windows would begin within the zeros, are computed too and left out. Sums of
//! several filters and vectors stay in registers (`tile`), so each number that is read is used several times.

use super::geometry::Convolution;
use super::square;
use crate::planes::Planes;
use crate::results::in_pieces;
use pulp::{Arch, Simd, WithSimd};

/// Images whose planes a thread holds at a time: filters are read once for all of them.
const GROUP: usize = 4;
/// Vectors of positions whose sums are in registers at a time.
const VECTORS: usize = 3;
/// The widest vectors of a processor, in numbers.
const WIDEST: usize = 16;

pub fn convolve(convolution: &Convolution, images: &[f32], weight: &[f32], bias: Option<&[f32]>) -> Vec<f32> {
    Arch::new().dispatch(Convolve { convolution, images, weight, bias })
}

struct Convolve<'a> {
    convolution: &'a Convolution,
    images: &'a [f32],
    weight: &'a [f32],
    bias: Option<&'a [f32]>,
}

impl WithSimd for Convolve<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
        // Eight filters and three vectors of positions have 24 sums; processors with fewer registers hold half of them.
        if S::REGISTER_COUNT >= 32 {
            self.in_blocks_of::<S, 8>(simd)
        } else {
            self.in_blocks_of::<S, 4>(simd)
        }
    }
}

impl Convolve<'_> {
    #[inline(always)]
    fn in_blocks_of<S: Simd, const O: usize>(self, simd: S) -> Vec<f32> {
        let Self { convolution, images, weight, bias } = self;
        let planes = convolution.planes(VECTORS * WIDEST);
        let filters = Filters::<O>::new(convolution, weight, bias);
        let pass = Pass {
            filters: &filters,
            planes,
            taps: square(convolution.size, planes.stride),
            n_vectors: convolution.n_positions(planes).div_ceil(S::F32_LANES),
        };
        let (n_inputs, n_outputs) = (convolution.n_inputs(), convolution.n_outputs());
        let image_len = convolution.channels * planes.len;
        let scratch = || (vec![0.0; GROUP * image_len], vec![0.0; O * pass.n_vectors * S::F32_LANES]);
        let n_results = convolution.n_images(images) * n_outputs;
        in_pieces(n_results, GROUP * n_outputs, scratch, |(padded, sums), group, output| {
            let images = &images[group * GROUP * n_inputs..][..output.len() / n_outputs * n_inputs];
            for (padded, image) in padded.chunks_exact_mut(image_len).zip(images.chunks_exact(n_inputs)) {
                planes.fill(padded, image);
            }
            let group = Group { convolution, padded, image_len, sums, output };
            simd.vectorize(GroupPass { pass: &pass, group });
        })
    }
}

/// The filters in blocks of `O`: `[block, c, k k, O]`, with zeros for filters that are missing in the last block.
struct Filters<const O: usize> {
    weight: Vec<f32>,
    bias: Vec<[f32; O]>,
    /// Numbers of a block.
    block_len: usize,
}

impl<const O: usize> Filters<O> {
    fn new(convolution: &Convolution, weight: &[f32], bias: Option<&[f32]>) -> Self {
        let per_filter = convolution.channels * convolution.size * convolution.size;
        let n_blocks = convolution.n_filters.div_ceil(O);
        let block_len = per_filter * O;
        let mut blocks = vec![0.0; n_blocks * block_len];
        for (filter, values) in weight.chunks_exact(per_filter.max(1)).enumerate() {
            let block = &mut blocks[filter / O * block_len..][..block_len];
            let places = block.iter_mut().skip(filter % O).step_by(O);
            places.zip(values).for_each(|(place, value)| *place = *value);
        }
        let at = |filter: usize| bias.and_then(|bias| bias.get(filter)).copied().unwrap_or(0.0);
        let bias = (0..n_blocks).map(|block| std::array::from_fn(|index| at(block * O + index))).collect();
        Self { weight: blocks, bias, block_len }
    }
}

/// What all images share.
struct Pass<'a, const O: usize> {
    filters: &'a Filters<O>,
    planes: Planes,
    taps: Vec<usize>,
    n_vectors: usize,
}

/// Some images.
struct Group<'a> {
    convolution: &'a Convolution,
    padded: &'a [f32],
    image_len: usize,
    /// `[O, positions]`.
    sums: &'a mut [f32],
    output: &'a mut [f32],
}

struct GroupPass<'a, const O: usize> {
    pass: &'a Pass<'a, O>,
    group: Group<'a>,
}

impl<const O: usize> WithSimd for GroupPass<'_, O> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { pass, group } = self;
        let Group { convolution, padded, image_len, sums, output } = group;
        let [rows, columns] = convolution.positions();
        let n_outputs = convolution.n_outputs();
        let sums_len = pass.n_vectors * S::F32_LANES;
        let blocks = pass.filters.weight.chunks_exact(pass.filters.block_len).zip(&pass.filters.bias);
        for (block, (weight, bias)) in blocks.enumerate() {
            for (image, output) in padded.chunks_exact(image_len).zip(output.chunks_exact_mut(n_outputs)) {
                pass.sum(simd, image, weight, bias, sums);
                let output = output[block * O * rows * columns..].chunks_exact_mut(rows * columns);
                for (output, sums) in output.zip(sums.chunks_exact(sums_len)) {
                    let rows = output.chunks_exact_mut(columns).zip(sums.chunks(pass.planes.stride));
                    rows.for_each(|(row, sums)| row.copy_from_slice(&sums[..columns]));
                }
            }
        }
    }
}

impl<const O: usize> Pass<'_, O> {
    /// The sums of a block of filters at all positions of an image.
    #[inline(always)]
    fn sum<S: Simd>(&self, simd: S, image: &[f32], weight: &[f32], bias: &[f32; O], sums: &mut [f32]) {
        let mut first = 0;
        while first + VECTORS <= self.n_vectors {
            self.tile::<S, VECTORS>(simd, image, weight, bias, first, sums);
            first += VECTORS;
        }
        while first < self.n_vectors {
            self.tile::<S, 1>(simd, image, weight, bias, first, sums);
            first += 1;
        }
    }

    /// The sums of a block of filters at `V` vectors of positions.
    #[inline(always)]
    fn tile<S: Simd, const V: usize>(
        &self,
        simd: S,
        image: &[f32],
        weight: &[f32],
        bias: &[f32; O],
        first: usize,
        sums: &mut [f32],
    ) {
        let mut tile: [[S::f32s; V]; O] = bias.map(|bias| [simd.splat_f32s(bias); V]);
        let start = first * S::F32_LANES;
        let (n_taps, width) = (self.taps.len(), V * S::F32_LANES);
        for (plane, weight) in image.chunks_exact(self.planes.len).zip(weight.chunks_exact(n_taps * O)) {
            for (tap, weight) in self.taps.iter().zip(weight.as_chunks::<O>().0) {
                let pixels = S::as_simd_f32s(&plane[start + tap..][..width]).0;
                let Some(pixels) = pixels.first_chunk::<V>() else { continue };
                for (sums, weight) in tile.iter_mut().zip(weight) {
                    let weight = simd.splat_f32s(*weight);
                    for (sum, pixels) in sums.iter_mut().zip(pixels) {
                        *sum = simd.mul_add_e_f32s(weight, *pixels, *sum);
                    }
                }
            }
        }
        let filters = sums.chunks_exact_mut(self.n_vectors * S::F32_LANES);
        for (sums, tile) in filters.zip(tile) {
            let places = S::as_mut_simd_f32s(&mut sums[start..][..width]).0;
            places.iter_mut().zip(tile).for_each(|(place, sum)| *place = sum);
        }
    }
}
