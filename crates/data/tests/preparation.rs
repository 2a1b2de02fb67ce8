//! Validation parts, normalisation and augmentation equal scikit-learn's and NumPy's.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use burn::backend::{Flex, NdArray};
use burn::data::dataloader::DataLoader;
use burn::tensor::backend::Backend;
use emberlab_data::{
    Augmentation, Augmenter, BatchPlan, Border, DeviceLoader, DeviceSet, Features, ImageShape, LabelledData,
    Mirror, Normalization, Normalizer, Splits, TestSize, TrainTestSplit, Upload, ValidationSplit,
};
use serde::Deserialize;
use std::num::NonZeroUsize;

#[derive(Deserialize)]
struct Golden {
    validation: Vec<ValidationCase>,
    standard: Standard,
    augmentation: Vec<AugmentationCase>,
}

#[derive(Deserialize)]
struct ValidationCase {
    seed: u32,
    labels: Vec<u32>,
    fraction: f64,
    stratify: bool,
    train: Vec<usize>,
    validation: Vec<usize>,
    test: Vec<usize>,
}

#[derive(Deserialize)]
struct Standard {
    table: Vec<Vec<f64>>,
    scaled_table: Vec<Vec<f64>>,
    images: Vec<Vec<u8>>,
    scaled_images: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct AugmentationCase {
    seed: u32,
    mirror: String,
    translate: usize,
    border: String,
    cutout: usize,
    shuffle_seed: Option<u32>,
    epochs: usize,
    images: Vec<Vec<u8>>,
    /// Of each epoch.
    augmented: Vec<Vec<Vec<u8>>>,
}

impl AugmentationCase {
    fn augmentation(&self) -> Augmentation {
        let mirror = match self.mirror.as_str() {
            "none" => Mirror::None,
            "random" => Mirror::Random,
            _ => Mirror::Alternating,
        };
        let border = if self.border == "zeros" { Border::Zeros } else { Border::Reflect };
        Augmentation { mirror, translate: self.translate, border, cutout: self.cutout }
    }

    /// A loader of two batches, of seven and five images.
    fn loader<B: Backend>(&self, normalization: Normalization) -> DeviceLoader<B> {
        let images = images(&self.images, 2, 4, 5);
        let normalizer = Normalizer::fit(normalization, &images.features);
        let device = B::Device::default();
        let augmenter = Augmenter::new(self.augmentation(), images.features.image().unwrap(), &device);
        let plan = BatchPlan::Mini { size: NonZeroUsize::new(7).unwrap(), drop_last: false };
        let set = DeviceSet::<B>::new(images, &normalizer, false, Upload::default(), &device);
        DeviceLoader::new(set, plan, self.shuffle_seed).augmented(augmenter, self.seed)
    }

    fn describe(&self) -> String {
        format!("seed {}: {:?}", self.seed, self.augmentation())
    }
}

fn golden() -> Golden {
    serde_json::from_slice(&support::golden("preparation.json")).unwrap()
}

fn labelled(features: Features, labels: Vec<u32>) -> LabelledData {
    let n_classes = labels.iter().max().map_or(0, |&label| label + 1);
    LabelledData { features, labels, class_names: (0..n_classes).map(|class| class.to_string()).collect() }
}

fn images(pixels: &[Vec<u8>], channels: usize, height: usize, width: usize) -> LabelledData {
    let shape = ImageShape { channels, height, width };
    labelled(Features::Images { pixels: pixels.concat(), shape }, vec![0; pixels.len()])
}

#[test]
fn the_validation_part_is_the_one_that_scikit_learn_sets_aside() {
    for case in golden().validation {
        let n = case.labels.len();
        let all = labelled(Features::table((0..n).map(|row| row as f64).collect(), 1), case.labels);
        let split = TrainTestSplit { test_size: TestSize::Share(0.25), stratify: case.stratify };
        let validation = ValidationSplit { fraction: case.fraction, stratify: case.stratify };
        let splits = Splits::divide(&all, &split, case.seed).unwrap();
        let splits = splits.with_validation(validation, case.seed).unwrap();
        let rows: Vec<&[usize]> = splits.parts().map(|(_, part)| part.rows.as_slice()).collect();
        assert_eq!(rows, [&case.train[..], &case.validation, &case.test]);
        for (_, part) in splits.parts() {
            assert_eq!(part.samples, all.select(&part.rows).unwrap());
        }
    }
}

#[test]
fn parts_are_disjoint_and_complete_whatever_the_sizes() {
    for n in 8..40 {
        for stratify in [false, true] {
            let all = labelled(Features::table(vec![0.0; n], 1), (0..n as u32).map(|row| row % 2).collect());
            let split = TrainTestSplit { test_size: TestSize::Share(0.3), stratify };
            let splits = Splits::divide(&all, &split, n as u32).unwrap();
            let splits = splits.with_validation(ValidationSplit { fraction: 0.4, stratify }, 1).unwrap();
            let mut rows: Vec<usize> = splits.parts().flat_map(|(_, part)| part.rows.clone()).collect();
            rows.sort_unstable();
            assert_eq!(rows, (0..n).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_validation_part_that_would_take_all_is_an_error() {
    let all = labelled(Features::table(vec![0.0; 3], 1), vec![0, 1, 0]);
    let splits = Splits::divide(&all, &TrainTestSplit::default(), 0).unwrap();
    let error = splits.with_validation(ValidationSplit { fraction: 0.99, stratify: false }, 0).unwrap_err();
    let message = "`validation_fraction` is 0.99, must be above 0 and below 1, and leave some of the 2 \
                   training samples to train on";
    assert_eq!(error.to_string(), message);
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= tolerance, "{found} for {expected}");
    }
}

#[test]
fn standard_features_are_those_of_scikit_learns_scaler() {
    let Standard { table, scaled_table, images: pixels, scaled_images } = golden().standard;
    let table = Features::table(table.concat(), 3);
    let normalizer = Normalizer::fit(Normalization::Standard, &table);
    assert!(normalizer.fits(3, None) && !normalizer.fits(4, None));
    assert_close(&normalizer.apply(&table), &scaled_table.concat(), 1e-12);

    let images = images(&pixels, 3, 2, 3);
    let normalizer = Normalizer::fit(Normalization::Standard, &images.features);
    assert_close(&normalizer.apply(&images.features), &scaled_images.concat(), 1e-12);
    assert_device_set_is_close::<Flex>(&images, &normalizer, &scaled_images.concat());
    assert_device_set_is_close::<NdArray>(&images, &normalizer, &scaled_images.concat());
}

fn assert_device_set_is_close<B: Backend>(images: &LabelledData, normalizer: &Normalizer, expected: &[f64]) {
    for whole in [false, true] {
        let set =
            DeviceSet::<B>::new(images.clone(), normalizer, whole, Upload::default(), &B::Device::default());
        let inputs: Vec<f64> = set.into_batch().inputs.into_data().iter::<f64>().collect();
        assert_close(&inputs, expected, 2e-6);
    }
}

#[test]
fn statistics_that_cannot_be_are_found_out() {
    let good = Normalizer { kind: Normalization::Standard, mean: vec![0.0; 2], std: vec![1.0; 2] };
    assert!(good.fits(2, None));
    for bad in [
        Normalizer { mean: vec![f64::NAN, 0.0], ..good.clone() },
        Normalizer { std: vec![1.0, -1.0], ..good.clone() },
        Normalizer { std: vec![1.0], ..good.clone() },
        Normalizer { kind: Normalization::Unit, ..good.clone() },
    ] {
        assert!(!bad.fits(2, None), "{bad:?}");
    }
}

/// The values of the batches that are left of an epoch.
fn epoch<B: Backend>(loader: &DeviceLoader<B>) -> Vec<f32> {
    loader.iter().flat_map(|batch| batch.inputs.into_data().iter::<f32>().collect::<Vec<_>>()).collect()
}

fn assert_augmented_as_by_numpy<B: Backend>(case: &AugmentationCase) {
    let loader = case.loader::<B>(Normalization::None);
    for expected in &case.augmented {
        let expected: Vec<f32> = expected.concat().into_iter().map(f32::from).collect();
        assert!(epoch(&loader) == expected, "{}", case.describe());
        loader.end_epoch();
    }
}

#[test]
fn mirror_images_translations_and_cutouts_are_those_of_numpy() {
    for case in golden().augmentation {
        assert_eq!(case.augmented.len(), case.epochs);
        assert_augmented_as_by_numpy::<Flex>(&case);
        assert_augmented_as_by_numpy::<NdArray>(&case);
    }
}

#[test]
fn a_cutout_is_zero_after_normalization() {
    for case in golden().augmentation.iter().filter(|case| case.cutout > 0) {
        let pixels = epoch(&case.loader::<Flex>(Normalization::None));
        let values = epoch(&case.loader::<Flex>(Normalization::Standard));
        // Pixels are not 0 anywhere else, but for the border of zeros, which is normalized.
        for (pixel, value) in pixels.iter().zip(values).filter(|_| case.border == "reflect") {
            assert_eq!(*pixel == 0.0, value == 0.0, "{}", case.describe());
        }
    }
}

#[test]
fn a_loader_resumes_after_any_batch_with_the_same_augmentation() {
    for case in golden().augmentation {
        let expected: Vec<f32> = case.augmented.concat().concat().into_iter().map(f32::from).collect();
        for stop in 0..2 * case.epochs {
            let (epoch_number, n_batches) = (stop / 2 + 1, stop % 2);
            let first = case.loader::<Flex>(Normalization::None);
            let mut values = Vec::new();
            for _ in 1..epoch_number {
                values.extend(epoch(&first));
                first.end_epoch();
            }
            if n_batches > 0 {
                let batch = first.iter().next().unwrap();
                values.extend(batch.inputs.into_data().iter::<f32>());
            }
            let second = case.loader::<Flex>(Normalization::None);
            second.resume(first.state(), epoch_number);
            for _ in epoch_number..=case.epochs {
                values.extend(epoch(&second));
                second.end_epoch();
            }
            assert!(values == expected, "{}, stopped after {stop} batches", case.describe());
        }
    }
}

#[test]
fn a_part_of_a_loader_mirrors_its_own_images() {
    let golden = golden().augmentation;
    let case = golden.iter().find(|case| case.mirror == "alternating" && case.translate == 0).unwrap();
    let loader = case.loader::<Flex>(Normalization::None);
    let part = loader.part(3..8);
    for expected in &case.augmented {
        let expected: Vec<f32> = expected[3..8].concat().into_iter().map(f32::from).collect();
        assert!(epoch(&part) == expected);
    }
}
