//! Sums over the pixels under filters, with vectors of filters:
//!
//! `z[o][q] = b[o] + Σ_{c,t} W[o][c][t] x[c][start(q) + t]`.
//!
//! The channels of a pixel lie side by side, so the pixels of a position may lie anywhere: at any stride, in small images, and in
//! several images at once, no sum is computed for nothing.

use super::channels_last::{CHUNK, ChannelsLast};
use crate::results::in_pieces;
use crate::tile::Tile;
use pulp::{Arch, Simd, WithSimd};
use std::borrow::Cow;

/// Images that a thread computes at a time.
const GROUP: usize = 4;

/// Filters over images.
#[derive(Debug)]
pub struct FilterSums<'a> {
    /// Channels of the images.
    pub channels: usize,
    /// Height and width of the images.
    pub image: [usize; 2],
    /// Zeros above and to the left of the images.
    pub before: usize,
    /// Zeros below and to the right of the images.
    pub after: [usize; 2],
    /// Channels of the output.
    pub n_filters: usize,
    /// Pixels of the output. Those that no pass computes are 0.
    pub n_pixels: usize,
    pub passes: Vec<Pass<'a>>,
}

/// Pixels of the output under which filters have the same form; at least one.
#[derive(Debug)]
pub struct Pass<'a> {
    /// The distance of each pixel under the filter from the first one, in pixels of the image with its zeros.
    pub taps: Vec<usize>,
    /// For each position, the first pixel under the filter and the pixel of the output.
    pub positions: Vec<(usize, usize)>,
    /// `[c', c, taps]`.
    pub weight: Cow<'a, [f32]>,
}

impl FilterSums<'_> {
    /// `[n, c', pixels]` of images `[n, c, h, w]` and a bias `[c']`.
    pub fn of(&self, images: &[f32], bias: Option<&[f32]>) -> Vec<f32> {
        let n = images.len() / self.n_inputs().max(1);
        if n * self.n_outputs() == 0 {
            return Vec::new();
        }
        Arch::new().dispatch(Compute { sums: self, images, bias, n })
    }

    /// Images with their zeros.
    fn seen(&self) -> ChannelsLast {
        let &Self { channels, image, before, after, .. } = self;
        let padded = [image[0] + before + after[0], image[1] + before + after[1]];
        ChannelsLast { channels, depth: channels, image, before, padded }
    }

    fn n_inputs(&self) -> usize {
        self.channels * self.image[0] * self.image[1]
    }

    fn n_outputs(&self) -> usize {
        self.n_filters * self.n_pixels
    }
}

struct Compute<'a> {
    sums: &'a FilterSums<'a>,
    images: &'a [f32],
    bias: Option<&'a [f32]>,
    /// The number of images.
    n: usize,
}

impl WithSimd for Compute<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
        // A tile of 24 sums, or of 12 on processors with fewer registers.
        match (S::REGISTER_COUNT >= 32, self.sums.n_filters <= S::F32_LANES) {
            (true, false) => self.in_tiles::<S, 12, 2>(simd),
            (true, true) => self.in_tiles::<S, 24, 1>(simd),
            (false, false) => self.in_tiles::<S, 6, 2>(simd),
            (false, true) => self.in_tiles::<S, 12, 1>(simd),
        }
    }
}

impl Compute<'_> {
    /// Computes tiles of `P` positions and `V` vectors of filters.
    #[inline(always)]
    fn in_tiles<S: Simd, const P: usize, const V: usize>(self, simd: S) -> Vec<f32> {
        let Self { sums, images, bias, n } = self;
        let width = V * S::F32_LANES;
        let passes: Vec<_> =
            sums.passes.iter().map(|pass| PackedPass::<P>::new(sums, pass, bias, width)).collect();
        let n_sums = passes.iter().map(|pass| pass.starts.len() * width).max().unwrap_or(0);
        let seen = sums.seen();
        let scratch = || (vec![0.0; GROUP * seen.len()], vec![0.0; n_sums]);
        let (n_inputs, n_outputs) = (sums.n_inputs(), sums.n_outputs());
        in_pieces(n * n_outputs, GROUP * n_outputs, scratch, |(padded, tiles), group, output| {
            let images = &images[group * GROUP * n_inputs..][..output.len() / n_outputs * n_inputs];
            let images = padded.chunks_exact_mut(seen.len()).zip(images.chunks_exact(n_inputs));
            images.for_each(|(padded, image)| seen.fill(padded, image));
            for pass in &passes {
                simd.vectorize(Group::<P, V> { sums, pass, padded, tiles, output });
            }
        })
    }
}

/// A pass, arranged for vectors of filters and groups of images.
struct PackedPass<'a, const P: usize> {
    /// The distance of each pixel under the filter, in numbers.
    taps: Vec<usize>,
    /// The first number of each position of a group.
    starts: Vec<usize>,
    positions: &'a [(usize, usize)],
    blocks: Vec<Block>,
}

/// Filters of one tile.
struct Block {
    /// `[chunk of channels, tap, channel of the chunk, filter]`.
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl<'a, const P: usize> PackedPass<'a, P> {
    fn new(sums: &FilterSums<'_>, pass: &'a Pass<'_>, bias: Option<&[f32]>, width: usize) -> Self {
        let image = |image: usize| {
            let starts = pass.positions.iter();
            starts.map(move |(start, _)| image * sums.seen().len() + start * sums.channels)
        };
        let mut starts: Vec<usize> = (0..GROUP).flat_map(image).collect();
        // Sums that nobody reads.
        starts.resize(starts.len().next_multiple_of(P), 0);
        let blocks = (0..sums.n_filters).step_by(width);
        Self {
            taps: pass.taps.iter().map(|tap| tap * sums.channels).collect(),
            starts,
            positions: &pass.positions,
            blocks: blocks.map(|first| Block::new(sums, pass, bias, first, width)).collect(),
        }
    }
}

impl Block {
    /// The filters from `first` on.
    fn new(sums: &FilterSums<'_>, pass: &Pass<'_>, bias: Option<&[f32]>, first: usize, width: usize) -> Self {
        let (channels, n_taps) = (sums.channels, pass.taps.len());
        let per_filter = channels * n_taps;
        let mut weight = vec![0.0; per_filter * width];
        let filters = pass.weight.chunks_exact(per_filter.max(1)).skip(first).take(width);
        for (filter, values) in filters.enumerate() {
            let mut places = weight[filter..].iter_mut().step_by(width);
            for chunk in chunks(channels) {
                for tap in 0..n_taps {
                    let values = chunk.clone().map(|channel| values[channel * n_taps + tap]);
                    places.by_ref().zip(values).for_each(|(place, value)| *place = value);
                }
            }
        }
        let at = |filter: usize| bias.and_then(|bias| bias.get(first + filter)).copied().unwrap_or(0.0);
        Self { weight, bias: (0..width).map(at).collect() }
    }
}

/// The channels in chunks; those that fill none come one by one.
fn chunks(channels: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let whole = channels / CHUNK * CHUNK;
    let chunks = (0..whole).step_by(CHUNK).map(|first| first..first + CHUNK);
    chunks.chain((whole..channels).map(|channel| channel..channel + 1))
}

/// A pass over some images.
struct Group<'a, const P: usize, const V: usize> {
    sums: &'a FilterSums<'a>,
    pass: &'a PackedPass<'a, P>,
    padded: &'a [f32],
    /// `[position, filter]`.
    tiles: &'a mut [f32],
    output: &'a mut [f32],
}

impl<const P: usize, const V: usize> WithSimd for Group<'_, P, V> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { sums, pass, padded, tiles, output } = self;
        let width = V * S::F32_LANES;
        let n_positions = pass.positions.len();
        let n_images = output.len() / sums.n_outputs();
        let n_tiles = (n_images * n_positions).div_ceil(P);
        for (block, filters) in pass.blocks.iter().enumerate() {
            let starts = pass.starts.as_chunks::<P>().0.iter().take(n_tiles);
            for (starts, tile) in starts.zip(tiles.chunks_exact_mut(P * width)) {
                let mut values = Tile::<S, P, V>::repeat(simd, &filters.bias);
                add_pixels(simd, &mut values, pass, sums.channels, padded, (starts, &filters.weight));
                values.store(tile);
            }
            let images = output.chunks_exact_mut(sums.n_outputs());
            for (output, tiles) in images.zip(tiles.chunks_exact(n_positions * width)) {
                let planes = output.chunks_exact_mut(sums.n_pixels).skip(block * width);
                for (filter, plane) in planes.take(width).enumerate() {
                    let values = tiles[filter..].iter().step_by(width);
                    pass.positions.iter().zip(values).for_each(|((_, pixel), value)| plane[*pixel] = *value);
                }
            }
        }
    }
}

/// Adds the products of all pixels under the filters.
#[inline(always)]
fn add_pixels<S: Simd, const P: usize, const V: usize>(
    simd: S,
    tile: &mut Tile<S, P, V>,
    pass: &PackedPass<'_, P>,
    channels: usize,
    padded: &[f32],
    (starts, weight): (&[usize; P], &[f32]),
) {
    let mut weights = S::as_simd_f32s(weight).0.as_chunks::<V>().0;
    let whole = channels / CHUNK * CHUNK;
    for channel in (0..whole).step_by(CHUNK) {
        weights = add_channels::<S, P, V, CHUNK>(simd, tile, &pass.taps, &padded[channel..], starts, weights);
    }
    for channel in whole..channels {
        weights = add_channels::<S, P, V, 1>(simd, tile, &pass.taps, &padded[channel..], starts, weights);
    }
}

/// Adds the products of `C` channels of all pixels under the filters, and returns the weights of the others.
#[inline(always)]
fn add_channels<'a, S: Simd, const P: usize, const V: usize, const C: usize>(
    simd: S,
    tile: &mut Tile<S, P, V>,
    taps: &[usize],
    channels: &[f32],
    starts: &[usize; P],
    mut weights: &'a [[S::f32s; V]],
) -> &'a [[S::f32s; V]] {
    for tap in taps {
        let Some((weight, others)) = weights.split_first_chunk::<C>() else { return weights };
        // A slice from the tap on, so that the starts stay.
        tile.add(simd, &channels[*tap..], *starts, weight);
        weights = others;
    }
    weights
}
