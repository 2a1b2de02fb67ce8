//! Products for few outputs of many inputs: what takes time is to read the inputs, once each.

use crate::elementwise::change_by;
use crate::results::in_pieces;
use crate::tile::Tile;
use pulp::{Arch, Simd, WithSimd};

/// Outputs that are computed at a time: half of the usual ten classes.
const OUTPUTS: usize = 5;
/// The fewest samples that a thread computes.
const SAMPLES: usize = 64;
/// The most parts that a batch is divided into for the gradient.
const PARTS: usize = 8;
/// Inputs whose sums are computed at a time, and samples whose products are added to them at a time. Both stay in the fastest cache.
const BLOCK: usize = 512;
const GROUP: usize = 16;

/// `X Wᵀ [n, n_outputs]` of `X [n, n_inputs]` and `W [n_outputs, n_inputs]`. Terms lie side by side in the vectors.
pub fn forward(input: &[f32], weight: &[f32], n_inputs: usize, n_outputs: usize) -> Vec<f32> {
    Arch::new().dispatch(Forward { input, weight, n_inputs, n_outputs })
}

struct Forward<'a> {
    input: &'a [f32],
    weight: &'a [f32],
    n_inputs: usize,
    n_outputs: usize,
}

impl WithSimd for Forward<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
        // Twenty sums, or ten on processors with fewer registers.
        if S::REGISTER_COUNT >= 32 { self.of_samples::<S, 4>(simd) } else { self.of_samples::<S, 2>(simd) }
    }
}

impl Forward<'_> {
    /// Computes `P` samples at a time.
    #[inline(always)]
    fn of_samples<S: Simd, const P: usize>(self, simd: S) -> Vec<f32> {
        let Self { input, weight, n_inputs, n_outputs } = self;
        let blocks: Vec<Vec<f32>> = weight
            .chunks(OUTPUTS * n_inputs)
            .map(|weight| side_by_side(weight, n_inputs, S::F32_LANES))
            .collect();
        let n_results = input.len() / n_inputs * n_outputs;
        in_pieces(
            n_results,
            SAMPLES * n_outputs,
            || (),
            |(), piece, output| {
                let input = &input[piece * SAMPLES * n_inputs..][..output.len() / n_outputs * n_inputs];
                simd.vectorize(Samples::<P> { input, blocks: &blocks, n_inputs, n_outputs, output });
            },
        )
    }
}

/// Rows `[OUTPUTS, n_inputs]` as `[vector of inputs, OUTPUTS]`, with zeros for rows and inputs that are missing.
fn side_by_side(rows: &[f32], n_inputs: usize, lanes: usize) -> Vec<f32> {
    let mut vectors = vec![0.0; n_inputs.next_multiple_of(lanes) * OUTPUTS];
    for (index, row) in rows.chunks_exact(n_inputs).enumerate() {
        for (places, values) in vectors[index * lanes..].chunks_mut(OUTPUTS * lanes).zip(row.chunks(lanes)) {
            places[..values.len()].copy_from_slice(values);
        }
    }
    vectors
}

/// Some samples, of which `P` are computed at a time.
struct Samples<'a, const P: usize> {
    input: &'a [f32],
    blocks: &'a [Vec<f32>],
    n_inputs: usize,
    n_outputs: usize,
    output: &'a mut [f32],
}

impl<const P: usize> WithSimd for Samples<'_, P> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { input, blocks, n_inputs, n_outputs, output } = self;
        let samples = input.chunks(P * n_inputs).zip(output.chunks_mut(P * n_outputs));
        for (input, output) in samples {
            let n = output.len() / n_outputs;
            // Samples that are missing in the last group are computed from the last one.
            let mut rows = [input; P];
            for (index, row) in rows.iter_mut().enumerate() {
                *row = &input[index.min(n - 1) * n_inputs..][..n_inputs];
            }
            for (block, weight) in blocks.iter().enumerate() {
                let sums = dot_products(simd, rows, weight);
                for (output, sums) in output.chunks_exact_mut(n_outputs).zip(sums) {
                    output[block * OUTPUTS..].iter_mut().zip(sums).for_each(|(place, sum)| *place = sum);
                }
            }
        }
    }
}

/// The sums of the products of `P` rows and each of `OUTPUTS` rows, which lie side by side.
#[inline(always)]
fn dot_products<S: Simd, const P: usize>(simd: S, rows: [&[f32]; P], weight: &[f32]) -> [[f32; OUTPUTS]; P] {
    let mut sums = [[simd.splat_f32s(0.0); OUTPUTS]; P];
    let weight = S::as_simd_f32s(weight).0.as_chunks::<OUTPUTS>().0;
    let n_whole = rows[0].len() / S::F32_LANES;
    let mut vectors = [&[][..]; P];
    for (vectors, row) in vectors.iter_mut().zip(rows) {
        *vectors = &S::as_simd_f32s(row).0[..n_whole];
    }
    for (index, weight) in weight.iter().enumerate() {
        for ((sums, vectors), row) in sums.iter_mut().zip(&vectors).zip(rows) {
            let input = match vectors.get(index) {
                Some(input) => *input,
                None => simd.partial_load_f32s(&row[n_whole * S::F32_LANES..]),
            };
            for (sum, weight) in sums.iter_mut().zip(weight) {
                *sum = simd.mul_add_e_f32s(input, *weight, *sum);
            }
        }
    }
    let mut numbers = [[0.0; OUTPUTS]; P];
    for (number, sum) in numbers.as_flattened_mut().iter_mut().zip(sums.as_flattened()) {
        *number = simd.reduce_sum_f32s(*sum);
    }
    numbers
}

/// `Gᵀ X [n_outputs, n_inputs]` of at least one sample, `G [n, n_outputs]` and `X [n, n_inputs]`. The sums of some samples at a time are
/// added in order.
pub fn grad_weight(input: &[f32], grad: &[f32], n_inputs: usize, n_outputs: usize) -> Vec<f32> {
    Arch::new().dispatch(GradWeight { input, grad, n_inputs, n_outputs })
}

struct GradWeight<'a> {
    input: &'a [f32],
    grad: &'a [f32],
    n_inputs: usize,
    n_outputs: usize,
}

impl WithSimd for GradWeight<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
        // Twenty sums, or ten on processors with fewer registers.
        if S::REGISTER_COUNT >= 32 { self.in_tiles::<S, 4>(simd) } else { self.in_tiles::<S, 2>(simd) }
    }
}

impl GradWeight<'_> {
    /// Computes `V` vectors of inputs at a time.
    #[inline(always)]
    fn in_tiles<S: Simd, const V: usize>(self, simd: S) -> Vec<f32> {
        let Self { input, grad, n_inputs, n_outputs } = self;
        let n_weights = n_inputs * n_outputs;
        let n = input.len() / n_inputs;
        let of_task = n.div_ceil(PARTS).max(SAMPLES);
        let mut sums = in_pieces(
            n.div_ceil(of_task) * n_weights,
            n_weights,
            || (),
            |(), task, sums| {
                let input =
                    input[task * of_task * n_inputs..].chunks(of_task * n_inputs).next().unwrap_or_default();
                let grad = &grad[task * of_task * n_outputs..][..input.len() / n_inputs * n_outputs];
                simd.vectorize(Products::<V> { input, grad, n_inputs, n_outputs, sums });
            },
        );
        let others = sums.split_off(n_weights);
        for others in others.chunks_exact(n_weights) {
            change_by(&mut sums, others, |total, other| total + other);
        }
        sums
    }
}

/// The products of some samples.
struct Products<'a, const V: usize> {
    input: &'a [f32],
    grad: &'a [f32],
    n_inputs: usize,
    n_outputs: usize,
    sums: &'a mut [f32],
}

impl<const V: usize> WithSimd for Products<'_, V> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let Self { input, n_inputs, .. } = self;
        let grads = self.grads_in_blocks();
        // Some inputs of a group, side by side: the cache has few places for numbers that are a multiple of 4 kB apart.
        let mut inputs = vec![0.0; GROUP * BLOCK];
        // `[block of inputs, block of outputs, vectors of inputs, output]`: those of a tile lie side by side, and stay so until the end.
        let mut tiles = vec![0.0; n_inputs.next_multiple_of(BLOCK) * grads.len() * OUTPUTS];
        for (group, samples) in input.chunks(GROUP * n_inputs).enumerate() {
            let of_blocks = tiles.chunks_exact_mut(BLOCK * grads.len() * OUTPUTS);
            for (first, tiles) in (0..n_inputs).step_by(BLOCK).zip(of_blocks) {
                let n_block = BLOCK.min(n_inputs - first);
                for (places, sample) in inputs.chunks_exact_mut(BLOCK).zip(samples.chunks_exact(n_inputs)) {
                    places[..n_block].copy_from_slice(&sample[first..][..n_block]);
                }
                for (grads, tiles) in grads.iter().zip(tiles.chunks_exact_mut(OUTPUTS * BLOCK)) {
                    let grads = &grads[group * GROUP..][..samples.len() / n_inputs];
                    let n_sums = n_block.next_multiple_of(V * S::F32_LANES) * OUTPUTS;
                    add_products::<S, V>(simd, grads, &inputs, &mut tiles[..n_sums]);
                }
            }
        }
        self.write(&tiles, V * S::F32_LANES);
    }
}

impl<const V: usize> Products<'_, V> {
    /// `[block of outputs, sample]`, with zeros for outputs that are missing in the last block.
    fn grads_in_blocks(&self) -> Vec<Vec<[f32; OUTPUTS]>> {
        let of_block = |first: usize| {
            let of_sample = |grad: &[f32]| {
                let mut own = [0.0; OUTPUTS];
                own.iter_mut().zip(&grad[first..]).for_each(|(place, grad)| *place = *grad);
                own
            };
            self.grad.chunks_exact(self.n_outputs).map(of_sample).collect()
        };
        (0..self.n_outputs).step_by(OUTPUTS).map(of_block).collect()
    }

    /// Writes the sums of tiles that are `width` inputs wide.
    fn write(&mut self, tiles: &[f32], width: usize) {
        let n_blocks = self.n_outputs.div_ceil(OUTPUTS);
        for (output, sums) in self.sums.chunks_exact_mut(self.n_inputs).enumerate() {
            let (block, output) = (output / OUTPUTS, output % OUTPUTS);
            let blocks = tiles.chunks_exact(BLOCK * OUTPUTS).skip(block).step_by(n_blocks);
            for (sums, tiles) in sums.chunks_mut(BLOCK).zip(blocks) {
                let vectors = tiles[output * width..].chunks(width).step_by(OUTPUTS);
                for (places, vectors) in sums.chunks_mut(width).zip(vectors) {
                    places.copy_from_slice(&vectors[..places.len()]);
                }
            }
        }
    }
}

/// Adds the products of the gradients and the inputs `[sample, BLOCK]` of a group to `[vectors of inputs, output]`.
#[inline(always)]
fn add_products<S: Simd, const V: usize>(
    simd: S,
    grads: &[[f32; OUTPUTS]],
    inputs: &[f32],
    sums: &mut [f32],
) {
    let width = V * S::F32_LANES;
    for (index, sums) in sums.chunks_exact_mut(OUTPUTS * width).enumerate() {
        let mut tile = Tile::<S, OUTPUTS, V>::load(simd, sums);
        for (grad, inputs) in grads.iter().zip(inputs.chunks_exact(BLOCK)) {
            let inputs = S::as_simd_f32s(&inputs[index * width..][..width]).0;
            let Some(inputs) = inputs.first_chunk::<V>() else { continue };
            tile.add_products(simd, grad, inputs);
        }
        tile.store(sums);
    }
}
