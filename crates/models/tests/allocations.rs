//! The number of memory allocations of an update. Unlike time it is the same on every run, so that an update that does
//! more is noticed here.
//!
//! They are counted on one thread, because the number of tasks depends on the cores. The kernels of a processor change
//! the count by a few allocations, so the bound is the usual count and 2 % more: one more operation in the update of a
//! network makes several more allocations.

#![cfg(feature = "burn")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::backend::{Autodiff, Flex};
use burn::data::dataloader::DataLoader;
use burn::module::Module;
use burn::optim::{Optimizer, SgdConfig};
use emberlab_data::{
    BatchPlan, ClassificationBatch, DeviceLoader, DeviceSet, Features, ImageShape, LabelledData,
    Normalization, Normalizer, RandomState, Upload,
};
use emberlab_models::{
    Architecture, Blocks, Classifier, ConvolutionBlocks, GradientRule, Loss, Network, Objective, Output,
    Pool, Scheme, Shape, SharedRandom,
};
use std::num::NonZeroUsize;

type B = Autodiff<Flex>;

const IMAGE: ImageShape = ImageShape { channels: 3, height: 8, width: 8 };

/// Allocations of one update, including the batch, after a first update that allocates what is kept.
fn of_an_update(architecture: &Architecture, rule: GradientRule) -> u64 {
    let device = Default::default();
    let images = LabelledData {
        features: Features::Images { pixels: vec![7; 64 * IMAGE.size()], shape: IMAGE },
        labels: (0..64).map(|row| row % 3).collect(),
        class_names: ["a", "b", "c"].map(String::from).to_vec(),
    };
    let normalizer = Normalizer::fit(Normalization::Unit, &images.features);
    let set = DeviceSet::<Flex>::new(images, &normalizer, false, Upload::default(), &device);
    let plan = BatchPlan::Mini { size: NonZeroUsize::new(16).unwrap(), drop_last: false };
    let loader = DeviceLoader::new(set, plan, Some(1));
    let dropout = SharedRandom::new(1);
    let network =
        Network::<B>::new(architecture, Scheme::XavierUniform, &mut RandomState::new(1), &dropout, &device);
    let classifier = Classifier::new(network, Objective::new(Loss::new(Output::Softmax)), rule);
    let mut classifier = if rule == GradientRule::Manual { classifier.no_grad() } else { classifier };
    let mut optimizer = SgdConfig::new().init::<B, Classifier<B>>();
    let mut batches = loader.iter();
    let mut update = || {
        let batch = ClassificationBatch::from_inner(batches.next().unwrap());
        let gradients = rule.gradients(&classifier, batch);
        classifier = optimizer.step(0.01, classifier.clone(), gradients.parameters);
    };
    update();
    allocation_counter::measure(update).count_total
}

#[test]
fn an_update_asks_for_memory_no_more_often_than_it_did() {
    let linear = Architecture::linear(IMAGE.size(), 3);
    let of = |blocks: Blocks| Architecture::of_blocks(Shape::Image(IMAGE), &blocks, 3).unwrap();
    let mlp = of(Blocks { hidden: vec![8], dropout: 0.5, ..Blocks::default() });
    let convolution =
        ConvolutionBlocks { channels: vec![4], kernel_size: 3, pool: Pool::Max, global_average_pool: false };
    let cnn = of(Blocks { convolution: Some(convolution), batch_norm: true, ..Blocks::default() });
    let cases = [
        ("linear by hand", &linear, GradientRule::Manual, 174),
        ("linear by autodiff", &linear, GradientRule::Autodiff, 315),
        ("MLP by hand", &mlp, GradientRule::Manual, 263),
        ("CNN by hand", &cnn, GradientRule::Manual, 818),
        ("CNN by autodiff", &cnn, GradientRule::Autodiff, 1112),
    ];
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let counted = one_thread.install(|| {
        cases.map(|(name, architecture, rule, usual)| (name, of_an_update(architecture, rule), usual))
    });
    let grown: Vec<_> = counted.iter().filter(|(_, counted, usual)| 100 * counted > 102 * usual).collect();
    assert!(grown.is_empty(), "{counted:?}");
}
