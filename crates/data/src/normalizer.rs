//! Normalization: from stored features to a model's inputs.
//!
//! Pixels are first divided by 255, so that they lie in `[0, 1]`. `standard` then subtracts from each value the mean of
//! its channel (of its column, for tables) and divides by the standard deviation, both computed on the training part. A
//! channel that is constant up to rounding is divided by 1, as by scikit-learn's `StandardScaler`.

use crate::labelled_data::{Features, ImageShape};
use serde::{Deserialize, Serialize};

/// The largest value of a pixel's byte.
const BYTE: f64 = 255.0;

/// The kind of a [`Normalizer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Normalization {
    /// Features as they are.
    None,
    /// Pixel bytes divided by 255; tables as they are.
    Unit,
    /// Mean 0 and standard deviation 1 in each channel or column of the training part.
    Standard,
}

/// A normalization fitted to the training part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Normalizer {
    /// The kind of normalization.
    pub kind: Normalization,
    /// The mean of each channel or column, for `standard`; pixels count from 0 to 1.
    pub mean: Vec<f64>,
    /// The standard deviation of each channel or column, for `standard`; 0 where it is constant up to rounding.
    #[serde(rename = "deviation")]
    pub std: Vec<f64>,
}

impl Normalizer {
    /// Fits a normalization to the features of the training part.
    pub fn fit(kind: Normalization, train: &Features) -> Self {
        let (mean, std) = match kind {
            Normalization::None | Normalization::Unit => (Vec::new(), Vec::new()),
            Normalization::Standard => {
                let n = values_per_channel(train);
                let scale = |(mean, std): (f64, f64)| {
                    (mean, if is_constant(n, mean, std.powi(2)) { 0.0 } else { std })
                };
                statistics(train).into_iter().map(scale).unzip()
            }
        };
        Self { kind, mean, std }
    }

    /// Whether the statistics are finite and match the number of features or channels.
    pub fn fits(&self, n_features: usize, image: Option<ImageShape>) -> bool {
        let wanted = match self.kind {
            Normalization::None | Normalization::Unit => 0,
            Normalization::Standard => image.map_or(n_features, |shape| shape.channels),
        };
        let good = |value: &f64| value.is_finite();
        self.mean.len() == wanted
            && self.std.len() == wanted
            && self.mean.iter().all(good)
            && self.std.iter().all(|value| good(value) && *value >= 0.0)
    }

    /// The divisor of stored values: 255 for pixels, unless they stay as they are.
    pub(crate) fn divisor(&self, features: &Features) -> f64 {
        match (self.kind, features) {
            (Normalization::None, _) | (_, Features::Table { .. }) => 1.0,
            (_, Features::Images { .. }) => BYTE,
        }
    }

    /// For `standard`, the mean and the divisor of each value of a sample.
    pub(crate) fn rows(&self, features: &Features) -> Option<(Vec<f64>, Vec<f64>)> {
        (self.kind == Normalization::Standard).then(|| {
            let area = features.image().map_or(1, |shape| shape.height * shape.width);
            let spread = |values: &[f64]| values.iter().flat_map(|&value| vec![value; area]).collect();
            let divisors: Vec<f64> =
                self.std.iter().map(|&value| if value == 0.0 { 1.0 } else { value }).collect();
            (spread(&self.mean), spread(&divisors))
        })
    }

    /// The normalized features, in double precision.
    pub fn apply(&self, features: &Features) -> Vec<f64> {
        let divisor = self.divisor(features);
        let mut values: Vec<f64> = match features {
            Features::Table { values, .. } => values.clone(),
            Features::Images { pixels, .. } => pixels.iter().map(|&byte| f64::from(byte)).collect(),
        };
        values.iter_mut().for_each(|value| *value /= divisor);
        if let Some((mean, std)) = self.rows(features) {
            for row in values.chunks_exact_mut(mean.len().max(1)) {
                for ((value, mean), std) in row.iter_mut().zip(&mean).zip(&std) {
                    *value = (*value - mean) / std;
                }
            }
        }
        values
    }
}

/// Whether `n` values are constant up to the rounding of their mean and variance: the bound of scikit-learn's
/// `_is_constant_feature`.
pub(crate) fn is_constant(n: f64, mean: f64, variance: f64) -> bool {
    variance <= n * f64::EPSILON * variance + (n * mean * f64::EPSILON).powi(2)
}

/// The number of values in each channel or column.
fn values_per_channel(features: &Features) -> f64 {
    match features {
        Features::Table { values, columns } => (values.len() / columns.len().max(1)) as f64,
        Features::Images { pixels, shape } => (pixels.len() / shape.channels.max(1)) as f64,
    }
}

/// Mean and standard deviation of each column, or of each channel with pixels from 0 to 1.
pub fn statistics(features: &Features) -> Vec<(f64, f64)> {
    match features {
        Features::Table { values, columns } => {
            (0..columns.len()).map(|column| column_statistics(values, columns.len(), column)).collect()
        }
        Features::Images { pixels, shape } => {
            (0..shape.channels).map(|channel| channel_statistics(pixels, *shape, channel)).collect()
        }
    }
}

fn column_statistics(values: &[f64], n_columns: usize, column: usize) -> (f64, f64) {
    let column = || values.iter().skip(column).step_by(n_columns);
    let n = column().count().max(1) as f64;
    let mean = column().sum::<f64>() / n;
    let (sum, squares) = column().fold((0.0, 0.0), |(sum, squares), value| {
        let distance = value - mean;
        (sum + distance, squares + distance.powi(2))
    });
    // The sum of distances is 0 except for the rounding of the mean, which is corrected as in scikit-learn.
    let variance = (squares - sum * sum / n) / n;
    (mean, variance.max(0.0).sqrt())
}

/// Counts how often each byte occurs, so that the sums are exact.
fn channel_statistics(pixels: &[u8], shape: ImageShape, channel: usize) -> (f64, f64) {
    let area = shape.height * shape.width;
    let mut counts = [0u64; 256];
    for image in pixels.chunks_exact(shape.size().max(1)) {
        image[channel * area..(channel + 1) * area].iter().for_each(|&byte| counts[usize::from(byte)] += 1);
    }
    let n = counts.iter().sum::<u64>().max(1) as f64;
    let weighted = |value: &dyn Fn(f64) -> f64| {
        let sum: f64 =
            (0u8..=255).zip(counts).map(|(byte, count)| count as f64 * value(f64::from(byte))).sum();
        sum / n
    };
    let mean = weighted(&|byte| byte);
    let variance = weighted(&|byte| (byte - mean).powi(2));
    (mean / BYTE, variance.sqrt() / BYTE)
}
