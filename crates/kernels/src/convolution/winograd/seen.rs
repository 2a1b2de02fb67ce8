//! Images as the tiles see them.

use super::{SEEN, SIDE, matrices, places, tiles};
use crate::convolution::channels_last::{CHUNK, ChannelsLast};
use crate::convolution::geometry::Convolution;
use pulp::{Simd, WithSimd};

/// The pixels under the tiles of images of one shape.
#[derive(Clone, Copy)]
pub struct Seen {
    /// Its channels are whole chunks.
    pub pixels: ChannelsLast,
    /// Rows and columns of tiles.
    pub tiles: [usize; 2],
}

impl Seen {
    pub fn new(convolution: &Convolution) -> Self {
        let &Convolution { channels, image, padding, .. } = convolution;
        let tiles = tiles(convolution);
        let depth = channels.next_multiple_of(CHUNK);
        let padded = tiles.map(|tiles| tiles * SIDE + SEEN - SIDE);
        Self { pixels: ChannelsLast { channels, depth, image, before: padding[0], padded }, tiles }
    }

    pub fn n_tiles(&self) -> usize {
        self.tiles[0] * self.tiles[1]
    }

    /// Numbers of a transformed image.
    pub fn len(&self) -> usize {
        places::len(self.n_tiles() * self.pixels.depth)
    }

    /// Numbers from one place of a transformed image to the next.
    pub fn place_len(&self) -> usize {
        places::apart(self.n_tiles() * self.pixels.depth)
    }
}

/// `Bᵀ d B` of the tiles of an image, `[place, tile, channel]`.
pub struct Transform<'a> {
    pub seen: &'a Seen,
    /// Memory for the image with its zeros.
    pub padded: &'a mut [f32],
    /// `[c, h, w]`.
    pub image: &'a [f32],
    pub output: &'a mut [f32],
}

impl WithSimd for Transform<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { seen, padded, image, output } = self;
        seen.pixels.fill(padded, image);
        let &Seen { pixels: ChannelsLast { depth, padded: [_, columns], .. }, tiles: [_, n_x] } = seen;
        let n_vectors = depth / S::F32_LANES;
        let padded = S::as_simd_f32s(padded).0;
        for tile in 0..seen.n_tiles() {
            let first = (tile / n_x * columns + tile % n_x) * SIDE;
            for vector in 0..n_vectors {
                let mut pixels = [[simd.splat_f32s(0.0); SEEN]; SEEN];
                for (row, pixels) in pixels.iter_mut().enumerate() {
                    let row = &padded[(first + row * columns) * n_vectors..][..SEEN * n_vectors];
                    for (column, pixel) in pixels.iter_mut().enumerate() {
                        *pixel = row[column * n_vectors + vector];
                    }
                }
                places::write::<S>(output, tile * n_vectors + vector, matrices::of_pixels(simd, pixels));
            }
        }
    }
}
