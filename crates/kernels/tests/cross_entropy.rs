//! Softmax with cross-entropy against its definition in double precision.

use emberlab_kernels::cross_entropy::softmax;
use proptest::prelude::*;

/// Logits up to `scale`, and targets that are smoothed one-hot rows.
fn samples(n: usize, n_classes: usize, scale: f32) -> (Vec<f32>, Vec<f32>) {
    let number = |index: usize| (index * 7919 % 2003) as f32 / 1001.5 - 1.0;
    let logits = (0..n * n_classes).map(|index| number(index) * scale).collect();
    let rest = 0.1 / n_classes as f32;
    let targets = (0..n * n_classes).map(|index| {
        let (sample, class) = (index / n_classes, index % n_classes);
        rest + if sample * 31 % n_classes == class { 0.9 } else { 0.0 }
    });
    (logits, targets.collect())
}

fn definition(logits: &[f32], targets: &[f32], n_classes: usize) -> (f64, Vec<f64>) {
    let n = (logits.len() / n_classes) as f64;
    let (mut loss, mut gradient) = (0.0, Vec::new());
    for (logits, targets) in logits.chunks_exact(n_classes).zip(targets.chunks_exact(n_classes)) {
        let largest = logits.iter().copied().map(f64::from).fold(f64::NEG_INFINITY, f64::max);
        let exponentials: Vec<f64> = logits.iter().map(|logit| (f64::from(*logit) - largest).exp()).collect();
        let total: f64 = exponentials.iter().sum();
        for (exponential, target) in exponentials.iter().zip(targets) {
            let probability = exponential / total;
            loss -= f64::from(*target) * (exponential.ln() - total.ln()) / n;
            gradient.push((probability - f64::from(*target)) / n);
        }
    }
    (loss, gradient)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn loss_and_gradient_are_those_of_the_definition(
        n in 1usize..900,
        n_classes in 2usize..30,
        scale in prop_oneof![Just(0.01f32), Just(1.0), Just(30.0), Just(300.0)],
    ) {
        let (logits, targets) = samples(n, n_classes, scale);
        let (loss, gradient) = softmax(&logits, &targets, n_classes);
        let (expected_loss, expected) = definition(&logits, &targets, n_classes);
        prop_assert!((f64::from(loss) - expected_loss).abs() <= 1e-6 * expected_loss.abs().max(1.0), "{} for {}", loss, expected_loss);
        for (found, expected) in gradient.iter().zip(expected) {
            prop_assert!((f64::from(*found) - expected).abs() <= 1e-6 / n as f64, "{} for {}", found, expected);
        }
    }
}

#[test]
fn large_logits_do_not_overflow() {
    let (loss, gradient) = softmax(&[3e38, -3e38, 0.0], &[1.0, 0.0, 0.0], 3);
    assert_eq!((loss, gradient), (0.0, vec![0.0; 3]));
    let (loss, _) = softmax(&[1e30, 0.0], &[0.0, 1.0], 2);
    assert_eq!(loss, 1e30);
}

#[test]
fn what_is_no_number_stays_one() {
    for logits in [[f32::NAN, 0.0], [0.0, f32::NAN], [f32::INFINITY, 0.0]] {
        let (loss, gradient) = softmax(&logits, &[1.0, 0.0], 2);
        assert!(loss.is_nan() && gradient.iter().any(|value| value.is_nan()), "{logits:?}");
    }
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let (logits, targets) = samples(3000, 10, 3.0);
    let compute = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| softmax(&logits, &targets, 10))
    };
    let one = compute(1);
    assert!([2, 3, 8].into_iter().all(|threads| compute(threads) == one));
}
