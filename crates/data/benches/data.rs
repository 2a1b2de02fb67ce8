//! What stands between a configuration and the first batch, and between two batches.

#![expect(clippy::unwrap_used, missing_docs, reason = "a benchmark fails by panicking and has no users")]

use burn::backend::Flex;
use burn::data::dataloader::DataLoader;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use emberlab_data::cifar10::{Cifar10, FOLDER, IMAGE_SHAPE, RECORD_SIZE};
use emberlab_data::{
    BatchPlan, DeviceLoader, DeviceSet, Features, LabelledData, MakeClassification, Normalization,
    Normalizer, RandomState, Upload,
};
use std::fs;
use std::num::NonZeroUsize;

/// The program's; with the C library's, large buffers take page faults in every operation.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn random_state(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("RandomState");
    group.throughput(Throughput::Elements(10_000));
    let mut random = RandomState::new(1);
    group.bench_function("10,000 normals", |bencher| {
        bencher.iter(|| (0..10_000).map(|_| random.standard_normal()).sum::<f64>())
    });
    group.bench_function("permutation of 10,000", |bencher| bencher.iter(|| random.permutation(10_000)));
    group.finish();
}

fn generator(criterion: &mut Criterion) {
    let parameters = MakeClassification { n_samples: 10_000, ..MakeClassification::default() };
    criterion.bench_function("make_classification, 10,000 × 20", |bencher| {
        bencher.iter(|| parameters.generate(&mut RandomState::new(1)).unwrap())
    });
}

fn records(criterion: &mut Criterion) {
    const N: usize = 10_000;
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join(FOLDER);
    fs::create_dir(&set).unwrap();
    fs::write(set.join("data_batch_1.bin"), vec![1; N * RECORD_SIZE]).unwrap();
    fs::write(set.join("test_batch.bin"), vec![1; RECORD_SIZE]).unwrap();
    let names = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n";
    fs::write(set.join("batches.meta.txt"), names).unwrap();
    let mut group = criterion.benchmark_group("CIFAR-10");
    group.throughput(Throughput::Bytes((N * RECORD_SIZE) as u64));
    group.bench_function("10,000 records", |bencher| {
        bencher.iter(|| Cifar10::open(folder.path()).unwrap().train().unwrap())
    });
    group.finish();
}

fn loader(criterion: &mut Criterion) {
    const N: usize = 12_800;
    let images = LabelledData {
        features: Features::Images { pixels: vec![7; N * IMAGE_SHAPE.size()], shape: IMAGE_SHAPE },
        labels: vec![1; N],
        class_names: vec!["a".into(), "b".into()],
    };
    let mut group = criterion.benchmark_group("DeviceLoader");
    group.throughput(Throughput::Elements(N as u64));
    for normalization in [Normalization::Unit, Normalization::Standard] {
        let normalizer = Normalizer::fit(normalization, &images.features);
        let set = DeviceSet::<Flex>::new(
            images.clone(),
            &normalizer,
            false,
            Upload::default(),
            &Default::default(),
        );
        let plan = BatchPlan::Mini { size: NonZeroUsize::new(128).unwrap(), drop_last: false };
        let loader = DeviceLoader::new(set, plan, Some(1));
        group.bench_function(format!("epoch of 100 batches, {normalization:?}"), |bencher| {
            bencher.iter_batched(
                || (),
                |()| loader.iter().map(|batch| batch.len()).sum::<usize>(),
                BatchSize::PerIteration,
            )
        });
    }
    group.finish();
}

criterion_group!(benches, random_state, generator, records, loader);
criterion_main!(benches);
