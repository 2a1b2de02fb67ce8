//! Pixels as inputs of a network.

use crate::results::in_pieces;
use crate::vectorized::vectorized;

/// Pixels that a thread computes at a time, in whole images.
const PIECE: usize = 1 << 14;

/// `byte / divisor` of each pixel of images of `image_len` pixels; with statistics `(byte / divisor - mean) / std`, of which each
/// pixel of an image has its own. Every operation is rounded.
///
/// # Panics
///
/// When the statistics are not those of an image.
pub fn normalize(pixels: &[u8], image_len: usize, divisor: f32, statistics: Option<[&[f32]; 2]>) -> Vec<f32> {
    let is_of_image = |values: &&[f32]| values.len() == image_len;
    assert!(statistics.iter().flatten().all(is_of_image), "the statistics are not of an image");
    let image_len = image_len.max(1);
    let piece = (PIECE / image_len).max(1) * image_len;
    let compute = |(): &mut (), index: usize, output: &mut [f32]| {
        let images = output.chunks_mut(image_len).zip(pixels[index * piece..].chunks(image_len));
        for (output, pixels) in images {
            vectorized(
                #[inline(always)]
                move || match statistics {
                    Some([mean, std]) => {
                        for (((output, pixel), mean), std) in output.iter_mut().zip(pixels).zip(mean).zip(std)
                        {
                            *output = (f32::from(*pixel) / divisor - mean) / std;
                        }
                    }
                    None => {
                        for (output, pixel) in output.iter_mut().zip(pixels) {
                            *output = f32::from(*pixel) / divisor;
                        }
                    }
                },
            );
        }
    };
    in_pieces(pixels.len(), piece, || (), compute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pixel_has_the_statistics_of_its_place() {
        let pixels: Vec<u8> = (0..40_000).map(|index| (index % 251) as u8).collect();
        let mean: Vec<f32> = (0..100).map(|index| index as f32 / 100.0).collect();
        let std: Vec<f32> = (0..100).map(|index| 1.0 + index as f32).collect();
        let found = normalize(&pixels, 100, 255.0, Some([&mean, &std]));
        for (index, (found, pixel)) in found.iter().zip(&pixels).enumerate() {
            assert_eq!(*found, (f32::from(*pixel) / 255.0 - mean[index % 100]) / std[index % 100]);
        }
        assert_eq!(normalize(&[0, 51, 255], 3, 255.0, None), [0.0, 0.2, 1.0]);
        assert_eq!(normalize(&[], 3, 255.0, None), []);
    }
}
