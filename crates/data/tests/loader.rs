//! Which samples are in which batch.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::backend::{Flex, NdArray};
use burn::data::dataloader::DataLoader;
use burn::tensor::backend::Backend;
use emberlab_data::{
    BatchPlan, ClassificationBatch, DeviceLoader, DeviceSet, Features, ImageShape, LabelledData,
    Normalization, Normalizer, Upload,
};
use std::num::NonZeroUsize;

/// `n` samples of two columns, `(row, -row)`, of class `row % 3`.
fn table(n: usize) -> LabelledData {
    LabelledData {
        features: Features::table((0..n).flat_map(|row| [row as f64, -(row as f64)]).collect(), 2),
        labels: (0..n as u32).map(|row| row % 3).collect(),
        class_names: ["a", "b", "c"].map(String::from).to_vec(),
    }
}

fn mini(size: usize) -> BatchPlan {
    BatchPlan::Mini { size: NonZeroUsize::new(size).unwrap(), drop_last: false }
}

fn loader<B: Backend>(n: usize, plan: BatchPlan, shuffle_seed: Option<u32>) -> DeviceLoader<B> {
    let table = table(n);
    let normalizer = Normalizer::fit(Normalization::None, &table.features);
    let set = DeviceSet::new(table.clone(), &normalizer, false, Upload::default(), &B::Device::default());
    DeviceLoader::new(set, plan, shuffle_seed)
}

/// The rows of each batch of the next epoch, checked against the other columns.
fn epoch<B: Backend>(loader: &DeviceLoader<B>) -> Vec<Vec<usize>> {
    loader.iter().map(|batch| rows(&batch)).collect()
}

fn rows<B: Backend>(batch: &ClassificationBatch<B>) -> Vec<usize> {
    let inputs: Vec<f32> = batch.inputs.to_data().iter::<f32>().collect();
    let labels: Vec<usize> = batch.labels.to_data().iter::<i64>().map(|label| label as usize).collect();
    let targets: Vec<f32> = batch.targets.to_data().iter::<f32>().collect();
    let rows: Vec<usize> = inputs.chunks(2).map(|row| row[0] as usize).collect();
    for (index, &row) in rows.iter().enumerate() {
        assert_eq!(inputs[2 * index + 1], -(row as f32));
        assert_eq!(labels[index], row % 3);
        assert_eq!(targets[3 * index..3 * index + 3].iter().position(|&one| one == 1.0), Some(row % 3));
    }
    rows
}

#[test]
fn mini_batches_follow_the_rows_and_the_last_is_smaller() {
    let loader = loader::<Flex>(7, mini(3), None);
    assert_eq!(epoch(&loader), [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
    assert_eq!(epoch(&loader), [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
}

#[test]
fn a_full_batch_is_repeated() {
    let loader = loader::<Flex>(4, BatchPlan::Full { iterations: NonZeroUsize::new(3).unwrap() }, None);
    assert_eq!(epoch(&loader), vec![vec![0, 1, 2, 3]; 3]);
    assert_eq!(loader.num_items(), 12);
}

fn assert_epochs_take_the_permutations_of_the_seed<B: Backend>() {
    let loader = loader::<B>(11, mini(4), Some(17));
    // >>> rs = numpy.random.RandomState(17); [rs.permutation(11).tolist() for _ in range(3)]
    for order in [
        [7, 2, 8, 3, 4, 5, 0, 10, 9, 6, 1],
        [6, 10, 4, 3, 5, 2, 0, 8, 9, 1, 7],
        [3, 2, 4, 0, 8, 7, 5, 10, 1, 9, 6],
    ] {
        assert_eq!(epoch(&loader).concat(), order);
    }
}

#[test]
fn each_epoch_takes_the_next_permutation_of_the_shuffle_seed_on_every_backend() {
    assert_epochs_take_the_permutations_of_the_seed::<Flex>();
    assert_epochs_take_the_permutations_of_the_seed::<NdArray>();
}

#[test]
fn every_sample_is_in_one_batch_of_an_epoch() {
    for size in 1..=13 {
        let loader = loader::<Flex>(12, mini(size), Some(1));
        let mut rows = epoch(&loader).concat();
        rows.sort_unstable();
        assert_eq!(rows, (0..12).collect::<Vec<_>>(), "batch size {size}");
    }
}

/// Two images of 2 × 3 pixels and two channels; one pixel off the diagonal is 255.
fn images() -> LabelledData {
    let mut pixels = vec![0; 24];
    pixels[12 + 6 + 3 + 1] = 255;
    LabelledData {
        features: Features::Images { pixels, shape: ImageShape { channels: 2, height: 2, width: 3 } },
        labels: vec![0, 1],
        class_names: ["a", "b"].map(String::from).to_vec(),
    }
}

fn assert_the_pixel_is_in_its_place<B: Backend>(whole: bool) {
    let images = images();
    let normalizer = Normalizer::fit(Normalization::Unit, &images.features);
    let set =
        DeviceSet::<B>::new(images.clone(), &normalizer, whole, Upload::default(), &B::Device::default());
    let values: Vec<f32> = set.clone().into_batch().inputs.to_data().iter::<f32>().collect();
    let mut expected = vec![0.0; 24];
    // Sample 1, channel 1, row 1, column 1.
    expected[12 + 6 + 3 + 1] = 1.0;
    assert_eq!(values, expected);
    let second: Vec<f32> = set.slice(1..2).into_batch().inputs.to_data().iter::<f32>().collect();
    assert_eq!(second, expected[12..]);
}

#[test]
fn pixels_keep_their_place_and_are_divided_by_255() {
    for whole in [false, true] {
        assert_the_pixel_is_in_its_place::<Flex>(whole);
        assert_the_pixel_is_in_its_place::<NdArray>(whole);
    }
}

#[test]
fn samples_that_do_not_fill_a_batch_are_dropped_on_request() {
    let plan = BatchPlan::Mini { size: NonZeroUsize::new(3).unwrap(), drop_last: true };
    let loader = loader::<Flex>(8, plan, None);
    assert_eq!(epoch(&loader), [vec![0, 1, 2], vec![3, 4, 5]]);
    assert_eq!((plan.iterations(8), loader.num_items()), (2, 6));
    let mut batches = loader.iter();
    let shares: Vec<usize> =
        std::iter::from_fn(|| batches.next().map(|_| batches.progress().items_processed)).collect();
    assert_eq!(shares, [3, 6]);
}
