//! Filters that whiten the patches of the training images (K. Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", arXiv
//! 2404.00498).
//!
//! With the patches `x`, of `d = c k²` normalised values each, and the eigenvectors `vⱼ` and eigenvalues `λⱼ` of their second
//! moments `1/m Σ x xᵀ`, filter `j` is `vⱼ / √(λⱼ + ε)`, in the order of growing eigenvalues, and filter `d + j` its negative.
//! Of `vⱼ` and `-vⱼ` the one is taken whose largest component is positive.

use emberlab_data::{Features, ImageShape, LabelledData, Normalizer};
use emberlab_models::{Architecture, FilterInit, Filters, LayerSpec, Window};
use nalgebra::{DMatrix, SymmetricEigen};

/// The most images of the training part that patches are taken from: every so many, because images can be sorted by class.
const N_IMAGES: usize = 5000;
/// `ε`.
const EPSILON: f64 = 5e-4;

/// The filters of the first layer of a network, `[2 d, c, k, k]`, row after row, if they are to whiten the images of `train`.
pub fn filters(
    architecture: &Architecture,
    train: &LabelledData,
    normalizer: &Normalizer,
) -> Option<Vec<f32>> {
    let Some(LayerSpec::Convolution { image, filters }) = architecture.layers().first() else { return None };
    let Filters { window, init: Some(FilterInit::Whitening), .. } = *filters else { return None };
    let Features::Images { pixels, .. } = &train.features else { return None };
    let n_images = train.len().min(N_IMAGES);
    let d = image.channels * window.size * window.size;
    let mut sums = DMatrix::zeros(d, d);
    let mut n_patches = 0;
    for index in 0..n_images {
        let start = index * train.len() / n_images * image.size();
        let pixels = pixels[start..start + image.size()].to_vec();
        let values = normalizer.apply(&Features::Images { pixels, shape: *image });
        n_patches += add_patches(&values, *image, window, &mut sums);
    }
    let moments = sums / n_patches.max(1) as f64;
    Some(whitening(moments))
}

/// Adds `x xᵀ` of each patch of an image, and returns the number of patches.
fn add_patches(values: &[f64], image: ImageShape, window: Window, sums: &mut DMatrix<f64>) -> usize {
    let size = window.size;
    let mut n_patches = 0;
    let mut patch = Vec::with_capacity(sums.nrows());
    for row in 0..(image.height + 1).saturating_sub(size) {
        for column in 0..(image.width + 1).saturating_sub(size) {
            patch.clear();
            for (channel, y) in (0..image.channels).flat_map(|channel| (0..size).map(move |y| (channel, y))) {
                let start = (channel * image.height + row + y) * image.width + column;
                patch.extend_from_slice(&values[start..start + size]);
            }
            for (i, left) in patch.iter().enumerate() {
                for (j, right) in patch.iter().enumerate().take(i + 1) {
                    sums[(i, j)] += left * right;
                }
            }
            n_patches += 1;
        }
    }
    n_patches
}

/// The filters, row after row, from the lower half of the second moments.
fn whitening(moments: DMatrix<f64>) -> Vec<f32> {
    let eigen = SymmetricEigen::new(moments);
    let mut order: Vec<usize> = (0..eigen.eigenvalues.len()).collect();
    order.sort_by(|&left, &right| eigen.eigenvalues[left].total_cmp(&eigen.eigenvalues[right]));
    let mut filters = Vec::new();
    for index in order {
        let vector = eigen.eigenvectors.column(index);
        let largest = vector
            .iter()
            .copied()
            .fold(0.0, |largest: f64, value| if value.abs() > largest.abs() { value } else { largest });
        let scale = largest.signum() / (eigen.eigenvalues[index].max(0.0) + EPSILON).sqrt();
        filters.extend(vector.iter().map(|value| (value * scale) as f32));
    }
    let negatives: Vec<f32> = filters.iter().map(|value| -value).collect();
    [filters, negatives].concat()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use emberlab_data::{Normalization, RandomState};
    use emberlab_models::{LayerDefinition, LayerKind, LayerNames, Padding, Shape};

    /// ```python
    /// import numpy as np
    /// x = np.random.RandomState(3).randint(0, 256, 40 * 3 * 5 * 4).reshape(40, 3, 5, 4) / 255
    /// p = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(2, 3)).transpose(0, 2, 3, 1, 4, 5).reshape(-1, 12)
    /// w, v = np.linalg.eigh(p.T @ p / len(p))
    /// f = v.T / np.sqrt(w + 5e-4)[:, None]
    /// f *= np.sign(f[np.arange(12), np.abs(f).argmax(1)])[:, None]
    /// print(f[0].tolist(), f[11].tolist())
    /// ```
    #[test]
    fn filters_are_the_scaled_eigenvectors_of_the_patches() {
        let image = ImageShape { channels: 3, height: 5, width: 4 };
        let mut random = RandomState::new(3);
        let pixels = (0..40 * image.size()).map(|_| random.randint(0, 256).unwrap() as u8).collect();
        let features = Features::Images { pixels, shape: image };
        let normalizer = Normalizer::fit(Normalization::Unit, &features);
        let train = LabelledData {
            features,
            labels: (0..40).map(|row| row % 2).collect(),
            class_names: vec!["a".to_owned(), "b".to_owned()],
        };
        let window = Window { size: 2, stride: 1, padding: Padding::NONE };
        let convolution = Filters { n_filters: 24, window, bias: true, init: Some(FilterInit::Whitening) };
        let linear = LayerKind::Linear { n_outputs: None, bias: true, scheme: None };
        let layers = [LayerDefinition::from(LayerKind::Convolution(convolution)), linear.into()];
        let architecture =
            Architecture::new(Shape::Image(image), &layers, 2, LayerNames::ByPosition).unwrap();
        let tensor = filters(&architecture, &train, &normalizer).unwrap();
        assert_eq!(tensor.len(), 24 * 12);
        for (filter, expected) in [(0, FIRST), (11, LAST)] {
            let values = &tensor[filter * 12..(filter + 1) * 12];
            let negatives = &tensor[(filter + 12) * 12..(filter + 13) * 12];
            for ((value, negative), expected) in values.iter().zip(negatives).zip(expected) {
                assert!(
                    (f64::from(*value) - expected).abs() < 1e-5,
                    "filter {filter}: {value} for {expected}"
                );
                assert!(*negative == -*value);
            }
        }
    }

    const FIRST: [f64; 12] = [
        -0.28003016,
        0.24385488,
        0.87753748,
        -1.36969120,
        -1.88550604,
        2.05228296,
        -0.27583429,
        -0.94431012,
        -0.01567618,
        1.61178763,
        -0.25668710,
        0.23240645,
    ];
    const LAST: [f64; 12] = [
        0.16886607, 0.16849186, 0.16656232, 0.16519504, 0.15664069, 0.15867090, 0.15699423, 0.16068422,
        0.16297403, 0.16078006, 0.16713655, 0.16077150,
    ];
}
