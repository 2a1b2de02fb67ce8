//! Normalisation of the channels of images `[n, c, s]` over a batch, `s` pixels each.

use crate::activation::Function;
pub use crate::channel_sums::Shape;
use crate::channel_sums::{channel_sums, channel_sums_after};
use crate::results::in_pieces;
use crate::vectorized::vectorized;
use rayon::prelude::*;

/// A number for each channel.
pub type PerChannel = Vec<f64>;

/// Normalisation of images of one shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchNorm(pub Shape);

/// Numbers for each channel: the output is `(x - centre) factor + shift`.
#[derive(Clone, Debug)]
pub struct Normalization {
    /// `μ`.
    pub centre: PerChannel,
    /// `γ/σ`.
    pub factor: PerChannel,
    /// `β`.
    pub shift: PerChannel,
}

impl Normalization {
    fn channel(&self, channel: usize) -> [f32; 3] {
        [&self.centre, &self.factor, &self.shift].map(|values| values[channel] as f32)
    }
}

/// Numbers for each channel of the gradient.
#[derive(Clone, Debug)]
pub struct GradientMeans {
    /// The mean of `g`.
    pub grad: PerChannel,
    /// The mean of `g (x - μ)`.
    pub product: PerChannel,
}

impl BatchNorm {
    /// The mean and the variance `1/m Σ (x - μ)²` of each channel over its `m = n s` values.
    pub fn moments(self, input: &[f32]) -> (PerChannel, PerChannel) {
        let [sums, squares] = channel_sums(
            self.0,
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

    /// Replaces the gradient of a function of the output by `g`, that of the output, and returns its means.
    ///
    /// # Panics
    ///
    /// When the slices do not have the same length.
    pub fn gradient_means<F: Function>(
        self,
        input: &[f32],
        grad: &mut [f32],
        normalization: &Normalization,
        function: F,
    ) -> GradientMeans {
        let change = |channel: usize, input: &[f32], grad: &mut [f32]| {
            let [centre, factor, shift] = normalization.channel(channel);
            vectorized(
                #[inline(always)]
                move || {
                    for (g, x) in grad.iter_mut().zip(input) {
                        *g = function.gradient((x - centre) * factor + shift, *g);
                    }
                },
            );
        };
        let sums = channel_sums_after(
            self.0,
            input,
            grad,
            change,
            #[inline(always)]
            |x, g| (g, g * x),
        );
        self.means(input, &normalization.centre, sums)
    }

    fn means(self, input: &[f32], mean: &[f64], [sums, products]: [PerChannel; 2]) -> GradientMeans {
        let count = self.count(input);
        let grad: PerChannel = sums.into_iter().map(|sum| sum / count).collect();
        let products = products.into_iter().zip(grad.iter().zip(mean));
        let product = products.map(|(product, (grad, mean))| product / count - grad * mean).collect();
        GradientMeans { grad, product }
    }

    /// A function of the normalised input.
    pub fn normalize<F: Function>(
        self,
        input: &[f32],
        normalization: &Normalization,
        function: F,
    ) -> Vec<f32> {
        let image_len = self.0.image_len();
        let compute = |(): &mut (), image: usize, output: &mut [f32]| {
            let input = &input[image * image_len..][..output.len()];
            let channels = output.chunks_exact_mut(self.0.pixels).zip(input.chunks_exact(self.0.pixels));
            for (channel, (output, input)) in channels.enumerate() {
                let [centre, factor, shift] = normalization.channel(channel);
                vectorized(
                    #[inline(always)]
                    move || {
                        for (output, x) in output.iter_mut().zip(input) {
                            *output = function.value((x - centre) * factor + shift);
                        }
                    },
                );
            }
        };
        in_pieces(input.len(), image_len, || (), compute)
    }

    /// Replaces `g` by `factor (g - mean(g) - (x - centre) slope)`, where the slope is `1/σ²` times the mean of `g (x - μ)`.
    ///
    /// # Panics
    ///
    /// When the slices do not have the same length.
    pub fn grad_input(
        self,
        input: &[f32],
        grad: &mut [f32],
        normalization: &Normalization,
        grad_mean: &[f64],
        slope: &[f64],
    ) {
        assert_eq!(input.len(), grad.len(), "the slices have different lengths");
        self.images(grad).zip(input.par_chunks(self.0.image_len())).for_each(|(grad, input)| {
            let channels = grad.chunks_exact_mut(self.0.pixels).zip(input.chunks_exact(self.0.pixels));
            for (channel, (grad, input)) in channels.enumerate() {
                let [centre, factor, _] = normalization.channel(channel);
                let [grad_mean, slope] = [grad_mean, slope].map(|values| values[channel] as f32);
                vectorized(
                    #[inline(always)]
                    move || {
                        for (g, x) in grad.iter_mut().zip(input) {
                            *g = factor * (*g - grad_mean - (x - centre) * slope);
                        }
                    },
                );
            }
        });
    }

    /// Values per channel.
    fn count(self, input: &[f32]) -> f64 {
        (input.len() / self.0.channels.max(1)) as f64
    }

    fn images(self, values: &mut [f32]) -> rayon::slice::ChunksMut<'_, f32> {
        values.par_chunks_mut(self.0.image_len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Identity;

    #[test]
    fn moments_and_gradients_are_those_of_their_definition() {
        let images = BatchNorm(Shape { channels: 3, pixels: 37 });
        let values = |seed: usize| -> Vec<f32> {
            (0..20 * 3 * 37).map(|index| ((index * seed) % 1009) as f32 / 100.0 + 30.0).collect()
        };
        let (input, grad) = (values(7919), values(104_729));
        let (mean, variance) = images.moments(&input);
        let normalization = Normalization { centre: mean.clone(), factor: vec![1.0; 3], shift: vec![0.0; 3] };
        let means = images.gradient_means(&input, &mut grad.clone(), &normalization, Identity);
        let GradientMeans { grad: grad_mean, product: products } = means;
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
