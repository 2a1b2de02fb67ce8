//! Updates of optimizers, each in one pass over the numbers.
//!
//! Every operation is rounded, in the order of the formula: the bits are those of one pass for each operation.

use crate::elementwise::change_by;
use crate::vectorized::vectorized;
use rayon::prelude::*;

/// Numbers that a thread computes at a time.
const PIECE: usize = 1 << 14;
/// The message of a panic.
const LENGTHS: &str = "the slices have different lengths";

/// One update by stochastic gradient descent.
#[derive(Clone, Copy, Debug)]
pub struct Sgd {
    /// `η`.
    pub learning_rate: f32,
    /// `μ`; not read without a velocity.
    pub momentum: f32,
    /// Whether the velocity after the next update is used.
    pub nesterov: bool,
    /// `λ`, of which `λ w` is added to the gradient.
    pub weight_decay: f32,
}

impl Sgd {
    /// `w ← w - η g`.
    ///
    /// # Panics
    ///
    /// When the slices do not have the same length.
    pub fn step(self, weights: &mut [f32], gradient: &[f32]) {
        let Self { learning_rate, weight_decay, .. } = self;
        change_by(
            weights,
            gradient,
            #[inline(always)]
            move |w, g| w - decayed(g, w, weight_decay) * learning_rate,
        );
    }

    /// `v ← g + μ v`, `w ← w - η v`, or `w ← w - η (g + μ v)` with Nesterov's form. The velocity begins at 0.
    ///
    /// # Panics
    ///
    /// When the slices do not have the same length.
    pub fn step_with_momentum(self, weights: &mut [f32], gradient: &[f32], velocity: &mut [f32]) {
        let Self { learning_rate, momentum, nesterov, weight_decay } = self;
        assert!(weights.len() == gradient.len() && weights.len() == velocity.len(), "{LENGTHS}");
        let update = |(weights, gradient, velocity): (&mut [f32], &[f32], &mut [f32])| {
            vectorized(
                #[inline(always)]
                move || {
                    for ((w, g), v) in weights.iter_mut().zip(gradient).zip(&mut *velocity) {
                        let g = decayed(*g, *w, weight_decay);
                        *v = g + *v * momentum;
                        let step = if nesterov { *v * momentum + g } else { *v };
                        *w -= step * learning_rate;
                    }
                },
            );
        };
        match weights.len() {
            0..=PIECE => update((weights, gradient, velocity)),
            _ => (weights.par_chunks_mut(PIECE), gradient.par_chunks(PIECE), velocity.par_chunks_mut(PIECE))
                .into_par_iter()
                .for_each(update),
        }
    }
}

/// One update by Adam, or by AdamW.
#[derive(Clone, Copy, Debug)]
pub struct Adam {
    /// `η / (1 - β₁ᵗ)` in update `t`, counted from 1.
    pub step_size: f32,
    /// `1 - β₁` and `1 - β₂`.
    pub shares: [f32; 2],
    /// `√(1 - β₂ᵗ)`.
    pub correction: f32,
    /// `ε`.
    pub epsilon: f32,
    /// `λ`, of which `λ w` is added to the gradient.
    pub weight_decay: f32,
    /// What weights are multiplied by before the step: `1 - η λ` in AdamW, else 1.
    pub shrinkage: f32,
}

impl Adam {
    /// `m ← m + (1 - β₁) (g - m)`, `v ← v + (1 - β₂) (g² - v)`, `w ← w - η / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)`. Both
    /// moments begin at 0.
    ///
    /// # Panics
    ///
    /// When the slices do not have the same length.
    pub fn step(self, weights: &mut [f32], gradient: &[f32], first: &mut [f32], second: &mut [f32]) {
        let lens = [gradient.len(), first.len(), second.len()];
        assert!(lens.iter().all(|len| *len == weights.len()), "{LENGTHS}");
        match weights.len() {
            0..=PIECE => self.update(weights, gradient, first, second),
            _ => (
                weights.par_chunks_mut(PIECE),
                gradient.par_chunks(PIECE),
                first.par_chunks_mut(PIECE),
                second.par_chunks_mut(PIECE),
            )
                .into_par_iter()
                .for_each(|(weights, gradient, first, second)| self.update(weights, gradient, first, second)),
        }
    }

    fn update(self, weights: &mut [f32], gradient: &[f32], first: &mut [f32], second: &mut [f32]) {
        let Self { step_size, shares: [share_1, share_2], correction, epsilon, weight_decay, shrinkage } =
            self;
        vectorized(
            #[inline(always)]
            move || {
                for (((w, g), m), v) in weights.iter_mut().zip(gradient).zip(&mut *first).zip(&mut *second) {
                    let g = decayed(*g, *w, weight_decay);
                    *m += (g - *m) * share_1;
                    *v += (g * g - *v) * share_2;
                    let step = *m / (v.sqrt() / correction + epsilon);
                    *w = *w * shrinkage - step * step_size;
                }
            },
        );
    }
}

/// `g + λ w`.
#[inline(always)]
fn decayed(gradient: f32, weight: f32, weight_decay: f32) -> f32 {
    if weight_decay == 0.0 { gradient } else { weight * weight_decay + gradient }
}
