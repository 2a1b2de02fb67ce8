//! Times of convolutions and their gradients, with the operations per second: `cargo bench -p emberlab-kernels`.

#![expect(missing_docs, reason = "a benchmark has no users")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use emberlab_kernels::convolution::Convolution;
use std::hint::black_box;

/// The program's; with the C library's, large buffers take page faults in every operation.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const N_IMAGES: usize = 128;

fn numbers(n: usize) -> Vec<f32> {
    (0..n).map(|index| (index * 7919 % 2003) as f32 / 1000.0 - 1.0).collect()
}

fn convolutions(criterion: &mut Criterion) {
    for (channels, side, n_filters) in [(3, 32, 32), (32, 16, 64), (64, 8, 128), (64, 15, 256), (256, 7, 256)]
    {
        let convolution =
            Convolution { channels, image: [side; 2], n_filters, size: 3, stride: 1, padding: [1, 1] };
        let images = numbers(N_IMAGES * channels * side * side);
        let weight = numbers(n_filters * channels * 9);
        let grad = numbers(N_IMAGES * n_filters * side * side);
        let mut group = criterion.benchmark_group(format!("{channels} to {n_filters} at {side}"));
        group.throughput(Throughput::Elements((2 * 9 * channels * grad.len()) as u64));
        group.bench_function("forward", |bench| {
            bench.iter(|| black_box(convolution.forward(&images, &weight, None)))
        });
        group.bench_function("by the input", |bench| {
            bench.iter(|| black_box(convolution.grad_input(&grad, &weight)))
        });
        group.bench_function("by the weights", |bench| {
            bench.iter(|| black_box(convolution.grad_weight(&images, &grad)))
        });
    }
}

criterion_group!(benches, convolutions);
criterion_main!(benches);
