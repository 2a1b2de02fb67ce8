//! Softmax with categorical cross-entropy.
//!
//! With logits `z [n, k]`, targets `t [n, k]` whose rows sum to 1, and `p_ic = exp(z_ic) / Σ_c exp(z_ic)`:
//!
//! `J = 1/n Σ_i (ln Σ_c exp(z_ic) - Σ_c t_ic z_ic)` and `∂J/∂z = (p - t) / n`.
//!
//! The largest logit of each sample is subtracted first, so that no finite logit overflows.

use crate::results::zeros;
use rayon::prelude::*;

/// Logits that a thread computes at a time. Fewer take less time than to wake another thread.
const PIECE: usize = 4096;

/// `J` and `∂J/∂z`.
///
/// # Panics
///
/// When a row is not whole, or when the targets have another shape than the logits.
pub fn softmax(logits: &[f32], targets: &[f32], n_classes: usize) -> (f32, Vec<f32>) {
    assert_eq!(logits.len(), targets.len(), "the targets have another shape");
    assert!(logits.len().is_multiple_of(n_classes), "a row is not whole");
    let n = logits.len() / n_classes;
    let (mut losses, mut gradient) = (zeros(n), zeros(logits.len()));
    let samples = PIECE.div_ceil(n_classes);
    let compute = |(index, (losses, gradient)): (usize, (&mut [f32], &mut [f32]))| {
        let first = index * samples * n_classes;
        let logits = logits[first..].chunks_exact(n_classes).zip(targets[first..].chunks_exact(n_classes));
        let results = losses.iter_mut().zip(gradient.chunks_exact_mut(n_classes));
        for ((logits, targets), (loss, gradient)) in logits.zip(results) {
            *loss = sample(logits, targets, gradient, n as f32);
        }
    };
    if n <= samples {
        compute((0, (&mut losses, &mut gradient)));
    } else {
        let pieces = losses.par_chunks_mut(samples).zip(gradient.par_chunks_mut(samples * n_classes));
        pieces.enumerate().for_each(compute);
    }
    let total: f64 = losses.into_iter().map(f64::from).sum();
    ((total / n as f64) as f32, gradient)
}

/// The loss of a sample; writes its share of the gradient.
fn sample(logits: &[f32], targets: &[f32], gradient: &mut [f32], n: f32) -> f32 {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let (mut total, mut target) = (0.0, 0.0);
    for ((exponential, logit), share) in gradient.iter_mut().zip(logits).zip(targets) {
        *exponential = (logit - largest).exp();
        total += *exponential;
        target += share * logit;
    }
    for (value, share) in gradient.iter_mut().zip(targets) {
        *value = (*value / total - share) / n;
    }
    // The difference in brackets is small where both of its terms are large.
    total.ln() + (largest - target)
}
