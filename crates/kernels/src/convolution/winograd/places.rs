//! The 16 places of tiles or filters in memory: all numbers of one place, then those of the next.

use super::{PLACES, SEEN};
use crate::convolution::channels_last::CHUNK;
use pulp::Simd;

/// Numbers from one place to the next, for `n` of each: a line of the cache more, since the places of a tile are written together,
/// and a multiple of 4 kB apart they would have few lines of the first cache.
pub fn apart(n: usize) -> usize {
    n + CHUNK
}

/// Numbers of all places, for `n` of each.
pub fn len(n: usize) -> usize {
    PLACES * apart(n)
}

/// Vector `index` of each place.
#[inline(always)]
pub fn read<S: Simd>(simd: S, places: &[f32], index: usize) -> [[S::f32s; SEEN]; SEEN] {
    let vectors = S::as_simd_f32s(places).0;
    let apart = vectors.len() / PLACES;
    let mut values = [[simd.splat_f32s(0.0); SEEN]; SEEN];
    for (place, value) in values.as_flattened_mut().iter_mut().enumerate() {
        *value = vectors[place * apart + index];
    }
    values
}

/// Writes vector `index` of each place.
#[inline(always)]
pub fn write<S: Simd>(places: &mut [f32], index: usize, values: [[S::f32s; SEEN]; SEEN]) {
    let vectors = S::as_mut_simd_f32s(places).0;
    let apart = vectors.len() / PLACES;
    for (place, value) in values.as_flattened().iter().enumerate() {
        vectors[place * apart + index] = *value;
    }
}
