//! Forward and backward of each layer by hand, whole updates by both rules, and the optimizer's step.

#![expect(missing_docs, reason = "a benchmark has no users")]

use burn::backend::{Autodiff, Flex};
use burn::optim::{AdamWConfig, GradientsParams, Optimizer, SgdConfig};
use burn::tensor::{Distribution, Tensor};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use emberlab_data::{ClassificationBatch, ImageShape, RandomState};
use emberlab_models::layers::{InputGradient, Layer};
use emberlab_models::{
    Architecture, Blocks, Classifier, ConvolutionBlocks, GradientRule, Loss, Network, Objective, Output,
    Pool, Precision, Scheme, Shape, SharedRandom,
};

/// The program's; with the C library's, large buffers take page faults in every operation.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type B = Autodiff<Flex>;

const IMAGE: ImageShape = ImageShape { channels: 3, height: 32, width: 32 };

fn cnn() -> Architecture {
    architecture(Blocks {
        convolution: Some(ConvolutionBlocks {
            channels: vec![32, 64, 128],
            kernel_size: 3,
            pool: Pool::Max,
            global_average_pool: false,
        }),
        batch_norm: true,
        ..Blocks::default()
    })
}

fn mlp(units: usize) -> Architecture {
    architecture(Blocks { hidden: vec![units], dropout: 0.2, ..Blocks::default() })
}

fn architecture(blocks: Blocks) -> Architecture {
    Architecture::of_blocks(Shape::Image(IMAGE), &blocks, 10).expect("the images are large enough")
}

fn network<T: burn::tensor::backend::Backend>(architecture: &Architecture) -> Network<T> {
    let dropout = SharedRandom::new(1);
    Network::new(
        architecture,
        Scheme::KaimingUniform,
        &mut RandomState::new(1),
        &dropout,
        &Default::default(),
    )
}

fn batch<T: burn::tensor::backend::Backend>(n: usize, n_features: usize) -> ClassificationBatch<T> {
    let device = Default::default();
    let labels = Tensor::zeros([n], &device);
    let column: Tensor<T, 2> = Tensor::ones([n, 1], &device);
    ClassificationBatch {
        inputs: Tensor::random([n, n_features], Distribution::Default, &device),
        labels,
        targets: Tensor::cat(vec![column, Tensor::zeros([n, 9], &device)], 1),
    }
}

fn layers(criterion: &mut Criterion) {
    for (name, architecture) in [("CNN", cnn()), ("MLP 512", mlp(512))] {
        let network = network::<Flex>(&architecture);
        let mut group = criterion.benchmark_group(format!("{name}, 128 images"));
        group.sample_size(20);
        let mut input = batch::<Flex>(128, IMAGE.size()).inputs;
        for (index, layer) in network.layers().iter().enumerate() {
            let kind = format!("{layer:?}");
            let kind = kind.split(['(', ' ', '{']).next().unwrap_or_default().to_owned();
            let wanted = if index > 0 { InputGradient::Wanted } else { InputGradient::Unused };
            group.bench_function(format!("{index} {kind} forward"), |bencher| {
                bencher.iter(|| layer.differentiate(input.clone(), Precision::Full).0)
            });
            group.bench_function(format!("{index} {kind} backward"), |bencher| {
                let forward = || layer.differentiate(input.clone(), Precision::Full);
                bencher.iter_batched(
                    forward,
                    |(output, backward)| backward(output, wanted, &mut GradientsParams::new()),
                    BatchSize::PerIteration,
                )
            });
            input = layer.differentiate(input.clone(), Precision::Full).0;
        }
        group.finish();
    }
}

fn updates(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("gradients");
    group.sample_size(20);
    for (name, architecture, n) in
        [("linear", Architecture::linear(3072, 10), 1000), ("MLP 64", mlp(64), 1000), ("CNN", cnn(), 128)]
    {
        for rule in [GradientRule::Manual, GradientRule::Autodiff] {
            let objective = Objective::new(Loss::new(Output::Softmax));
            let classifier = Classifier::new(network::<B>(&architecture), objective, rule);
            let batch = batch::<B>(n, IMAGE.size());
            group.bench_function(format!("{name}, {n} images, {rule:?}"), |bencher| {
                bencher.iter(|| rule.gradients(&classifier, batch.clone()).parameters)
            });
        }
    }
    group.finish();
}

fn optimizer_steps(criterion: &mut Criterion) {
    let objective = Objective::new(Loss::new(Output::Softmax));
    let classifier = Classifier::new(network::<B>(&mlp(512)), objective, GradientRule::Manual);
    let gradients = || GradientRule::Manual.gradients(&classifier, batch::<B>(8, IMAGE.size())).parameters;
    let mut group = criterion.benchmark_group("optimizer step, MLP 512");
    let mut sgd = SgdConfig::new().init::<B, Classifier<B>>();
    group.bench_function("sgd", |bencher| {
        bencher.iter_batched(gradients, |g| sgd.step(0.01, classifier.clone(), g), BatchSize::PerIteration)
    });
    let mut adamw = AdamWConfig::new().init::<B, Classifier<B>>();
    group.bench_function("adamw", |bencher| {
        bencher.iter_batched(gradients, |g| adamw.step(0.01, classifier.clone(), g), BatchSize::PerIteration)
    });
    group.finish();
}

criterion_group!(benches, layers, updates, optimizer_steps);
criterion_main!(benches);
