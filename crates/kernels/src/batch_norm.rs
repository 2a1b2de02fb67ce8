//! Normalisation of the channels of images `[n, c, s]` over a batch, `s` pixels each.

use crate::channel_sums::channel_sums;
use crate::vectorized::vectorized;
use crate::zeros::zeros;
use rayon::prelude::*;

/// Channels and pixels of the images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Images {
    /// `c`.
    pub channels: usize,
    /// `s`.
    pub pixels: usize,
}

/// A number for each channel.
pub type PerChannel = Vec<f64>;

impl Images {
    /// The mean and the variance `1/m Σ (x - μ)²` of each channel over its `m = n s` values.
    pub fn moments(self, input: &[f32]) -> (PerChannel, PerChannel) {
        let [sums, squares] = channel_sums(
            self.channels,
            self.pixels,
            input,
            input,
            #[inline(always)]
            |x, _| (x, x * x),
        );
        let count = self.count(input);
        let mean: PerChannel = sums.into_iter().map(|sum| sum / count).collect();
        let variance = squares.into_iter().zip(&mean);
        (mean.clone(), variance.map(|(square, mean)| (square / count - mean * mean).max(0.0)).collect())
    }

    /// The mean of `g` and of `g (x - μ)` of each channel, from the input `x`, `g` and the mean `μ`.
    ///
    /// # Panics
    ///
    /// When the slices have not the same length.
    pub fn gradient_means(self, input: &[f32], grad: &[f32], mean: &[f64]) -> (PerChannel, PerChannel) {
        let count = self.count(input);
        let [sums, products] = channel_sums(
            self.channels,
            self.pixels,
            input,
            grad,
            #[inline(always)]
            |x, g| (g, g * x),
        );
        let means: PerChannel = sums.into_iter().map(|sum| sum / count).collect();
        let products = products.into_iter().zip(means.iter().zip(mean));
        let products = products.map(|(product, (grad, mean))| product / count - grad * mean).collect();
        (means, products)
    }

    /// `(x - centre) factor + shift` with numbers for each channel.
    pub fn normalize(self, input: &[f32], centre: &[f64], factor: &[f64], shift: &[f64]) -> Vec<f32> {
        let mut output = zeros(input.len());
        self.planes(&mut output).zip(input.par_chunks(self.len())).for_each(|(output, input)| {
            let channels = output.chunks_exact_mut(self.pixels).zip(input.chunks_exact(self.pixels));
            for (channel, (output, input)) in channels.enumerate() {
                let [centre, factor, shift] = [centre, factor, shift].map(|values| values[channel] as f32);
                vectorized(
                    #[inline(always)]
                    || {
                        for (output, x) in output.iter_mut().zip(input) {
                            *output = (x - centre) * factor + shift;
                        }
                    },
                );
            }
        });
        output
    }

    /// Replaces `g` by `factor (g - g_mean - (x - centre) slope)` with numbers for each channel.
    ///
    /// # Panics
    ///
    /// When the slices have not the same length.
    pub fn grad_input(self, input: &[f32], grad: &mut [f32], channels: &GradInput) {
        assert_eq!(input.len(), grad.len(), "the slices have different lengths");
        let GradInput { centre, factor, grad_mean, slope } = channels;
        self.planes(grad).zip(input.par_chunks(self.len())).for_each(|(grad, input)| {
            let channels = grad.chunks_exact_mut(self.pixels).zip(input.chunks_exact(self.pixels));
            for (channel, (grad, input)) in channels.enumerate() {
                let [centre, factor, grad_mean, slope] =
                    [centre, factor, grad_mean, slope].map(|values| values[channel] as f32);
                vectorized(
                    #[inline(always)]
                    || {
                        for (g, x) in grad.iter_mut().zip(input) {
                            *g = factor * (*g - grad_mean - (x - centre) * slope);
                        }
                    },
                );
            }
        });
    }

    fn len(self) -> usize {
        self.channels * self.pixels
    }

    /// Values per channel.
    fn count(self, input: &[f32]) -> f64 {
        (input.len() / self.channels.max(1)) as f64
    }

    fn planes(self, output: &mut [f32]) -> rayon::slice::ChunksMut<'_, f32> {
        output.par_chunks_mut(self.len())
    }
}

/// Numbers for each channel.
#[derive(Clone, Debug)]
pub struct GradInput {
    /// `μ`.
    pub centre: PerChannel,
    /// `γ/σ`.
    pub factor: PerChannel,
    /// The mean of `g`.
    pub grad_mean: PerChannel,
    /// `1/σ²` times the mean of `g (x - μ)`.
    pub slope: PerChannel,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_gradients_are_those_of_their_definition() {
        let images = Images { channels: 3, pixels: 37 };
        let values = |seed: usize| -> Vec<f32> {
            (0..20 * 3 * 37).map(|index| ((index * seed) % 1009) as f32 / 100.0 + 30.0).collect()
        };
        let (input, grad) = (values(7919), values(104_729));
        let (mean, variance) = images.moments(&input);
        let (grad_mean, products) = images.gradient_means(&input, &grad, &mean);
        for channel in 0..3 {
            let of = |values: &[f32]| -> Vec<f64> {
                let planes = values.chunks(37).skip(channel).step_by(3);
                planes.flatten().map(|value| f64::from(*value)).collect()
            };
            let (x, g) = (of(&input), of(&grad));
            let average = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
            let expected = average(&x);
            assert!((mean[channel] - expected).abs() < 1e-10);
            let squares: Vec<f64> = x.iter().map(|x| (x - expected).powi(2)).collect();
            assert!((variance[channel] - average(&squares)).abs() < 1e-9);
            let product: Vec<f64> = x.iter().zip(&g).map(|(x, g)| (x - expected) * g).collect();
            assert!((grad_mean[channel] - average(&g)).abs() < 1e-10);
            assert!((products[channel] - average(&product)).abs() < 1e-9);
        }
    }
}
