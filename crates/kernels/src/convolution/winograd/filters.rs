//! Filters and their places, in blocks of `V` vectors of filters.

use super::{SIZE, matrices, places};
use pulp::{Simd, WithSimd};

/// Numbers of a filter for a channel.
const TAPS: usize = SIZE * SIZE;

/// `G g Gᵀ` of the filters of a block, `[place, channel, filter]`.
pub struct Transform<'a, const V: usize> {
    pub channels: usize,
    /// `[c', c, 3, 3]`.
    pub filters: &'a [f32],
    pub output: &'a mut [f32],
}

impl<const V: usize> WithSimd for Transform<'_, V> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { channels, filters, output } = self;
        let width = V * S::F32_LANES;
        // The filters of a channel, `[3, 3, filter]`.
        let mut side_by_side = vec![0.0; TAPS * width];
        for channel in 0..channels {
            let filters = filters.as_chunks::<TAPS>().0.iter().skip(channel).step_by(channels);
            for (filter, taps) in filters.enumerate() {
                for (tap, value) in taps.iter().enumerate() {
                    side_by_side[tap * width + filter] = *value;
                }
            }
            let vectors = S::as_simd_f32s(&side_by_side).0;
            for vector in 0..V {
                let mut taps = [[simd.splat_f32s(0.0); SIZE]; SIZE];
                for (tap, value) in taps.as_flattened_mut().iter_mut().enumerate() {
                    *value = vectors[tap * V + vector];
                }
                places::write::<S>(output, channel * V + vector, matrices::of_filters(simd, &taps));
            }
        }
    }
}

/// `Gᵀ m G` of the sums of a block, `[c', c, 3, 3]`.
pub struct Gather<'a, const V: usize> {
    pub channels: usize,
    /// `[place, channel, filter]`.
    pub sums: &'a [f32],
    pub output: &'a mut [f32],
}

impl<const V: usize> WithSimd for Gather<'_, V> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { channels, sums, output } = self;
        let width = V * S::F32_LANES;
        // The filters of a channel, `[3, 3, filter]`.
        let mut side_by_side = vec![0.0; TAPS * width];
        for channel in 0..channels {
            let vectors = S::as_mut_simd_f32s(&mut side_by_side).0;
            for vector in 0..V {
                let taps = matrices::to_filters(simd, &places::read(simd, sums, channel * V + vector));
                for (tap, value) in taps.as_flattened().iter().enumerate() {
                    vectors[tap * V + vector] = *value;
                }
            }
            let filters = output.as_chunks_mut::<TAPS>().0.iter_mut().skip(channel).step_by(channels);
            for (filter, taps) in filters.enumerate() {
                for (tap, value) in taps.iter_mut().enumerate() {
                    *value = side_by_side[tap * width + filter];
                }
            }
        }
    }
}
