//! The classifier of a configuration begins with filters that whiten the patches of its training images.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use emberlab_config::Config;
use emberlab_data::{Features, ImageShape, LabelledData, Normalization, Normalizer, RandomState};
use emberlab_models::Classifier;
use emberlab_training::classifier;
use emberlab_training::devices::{self, Backend};
use std::path::Path;

const CONFIG: &str = r#"
name = "whitening"
[data]
source = "image-folder"
directory = "images"
image_size = 6
normalize = "standard"
[model]
kind = "layers"
[[model.layers]]
kind = "convolution"
filters = 24
kernel_size = 2
padding = 0
init = "whitening"
[[model.layers]]
kind = "linear"
[training]
epochs = 1
[training.optimizer]
learning_rate = 0.1
"#;

const SHAPE: ImageShape = ImageShape { channels: 3, height: 6, width: 6 };
/// Values of a patch: 3 channels of 2 by 2 pixels.
const D: usize = 12;

/// Images whose pixels resemble their left neighbours.
fn samples() -> LabelledData {
    let mut random = RandomState::new(5);
    let mut pixels: Vec<u8> = Vec::new();
    for index in 0..50 * SHAPE.size() {
        let new = random.randint(0, 256).unwrap() as u8;
        let left = if index % SHAPE.width == 0 { new } else { pixels[index - 1] };
        pixels.push(left / 2 + new / 2);
    }
    LabelledData {
        labels: (0..50).map(|index| index % 2).collect(),
        features: Features::Images { pixels, shape: SHAPE },
        class_names: vec!["a".to_owned(), "b".to_owned()],
    }
}

fn patches(values: &[f64]) -> Vec<[f64; D]> {
    let mut patches = Vec::new();
    for image in values.chunks(SHAPE.size()) {
        for (row, column) in (0..5).flat_map(|row| (0..5).map(move |column| (row, column))) {
            patches.push(std::array::from_fn(|index| {
                let (channel, y, x) = (index / 4, index / 2 % 2, index % 2);
                image[channel * 36 + (row + y) * 6 + column + x]
            }));
        }
    }
    patches
}

/// What the first half of the filters gives has the second moments of white noise but for ε: a diagonal of `λ / (λ + ε)`. The
/// second half is its negative.
#[test]
fn the_first_filters_of_a_classifier_whiten_its_training_images() {
    let config = Config::parse(Path::new("whitening.toml"), CONFIG, &[]).unwrap();
    let samples = samples();
    let normalizer = Normalizer::fit(Normalization::Standard, &samples.features);
    let device = devices::device(&config.device).unwrap();
    let classifier: Classifier<Backend> = classifier(&config, &samples, &normalizer, &device).unwrap();
    let tensors = classifier.network().tensors();
    let filters = tensors.iter().find(|tensor| tensor.name == "0.weight").unwrap();
    assert_eq!(filters.shape, [2 * D, 3, 2, 2]);
    let (first, second) = filters.values.split_at(D * D);
    assert!(first.iter().zip(second).all(|(value, negative)| *negative == -*value));

    let patches = patches(&normalizer.apply(&samples.features));
    let whitened = |patch: &[f64; D]| -> Vec<f64> {
        let product = |filter: &[f32]| filter.iter().zip(patch).map(|(w, x)| f64::from(*w) * x).sum();
        first.chunks(D).map(product).collect()
    };
    let whitened: Vec<Vec<f64>> = patches.iter().map(whitened).collect();
    for (i, j) in (0..D).flat_map(|i| (0..=i).map(move |j| (i, j))) {
        let moment = whitened.iter().map(|values| values[i] * values[j]).sum::<f64>() / patches.len() as f64;
        let expected = if i == j { 0.97..=1.0 } else { -1e-4..=1e-4 };
        assert!(expected.contains(&moment), "{i}, {j}: {moment}");
    }
}
