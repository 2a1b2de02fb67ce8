//! Linear layers of the sizes of the lab and of the benchmarks.

#![expect(missing_docs, reason = "a benchmark has no users")]

use criterion::{Criterion, criterion_group, criterion_main};
use emberlab_kernels::linear::Linear;

/// The program's; with the C library's, large buffers take page faults in every operation.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Samples, inputs and outputs.
const SHAPES: [[usize; 3]; 5] =
    [[1000, 3072, 10], [128, 3072, 10], [1000, 3072, 64], [128, 3072, 512], [128, 512, 10]];

fn numbers(n: usize) -> Vec<f32> {
    (0..n).map(|index| (index % 17) as f32 / 17.0 - 0.5).collect()
}

fn layers(criterion: &mut Criterion) {
    for [n, n_inputs, n_outputs] in SHAPES {
        let layer = Linear { n_inputs, n_outputs };
        let (input, weight, grad) =
            (numbers(n * n_inputs), numbers(n_outputs * n_inputs), numbers(n * n_outputs));
        let mut group = criterion.benchmark_group(format!("linear {n} x {n_inputs} -> {n_outputs}"));
        group.bench_function("forward", |bencher| bencher.iter(|| layer.forward(&input, &weight, None)));
        group.bench_function("grad_weight", |bencher| bencher.iter(|| layer.grad_weight(&input, &grad)));
        group.bench_function("grad_input", |bencher| bencher.iter(|| layer.grad_input(&grad, &weight)));
    }
}

criterion_group!(benches, layers);
criterion_main!(benches);
