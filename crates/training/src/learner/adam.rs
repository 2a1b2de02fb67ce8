//! Adam and AdamW (D. P. Kingma and J. Ba, arXiv 1412.6980; I. Loshchilov and F. Hutter, arXiv 1711.05101).
//!
//! With the gradient `g` of step `t`, from 1:
//!
//! `m ← m + (1 - β₁) (g - m)`, `v ← v + (1 - β₂) (g² - v)`,
//! `w ← w - η / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)`.
//!
//! Adam adds `λ w` to `g` first; AdamW multiplies `w` by `1 - η λ` first.
//!
//! Factors are computed in f64 as PyTorch does, tensors in f32. Burn 0.21 computes `1 - β` and `1 - βᵗ` in f32: of
//! β = 0.9999999 it makes `1 - β = 1.19e-7`, a fifth too much. Burn's also takes a pass over the numbers for each operation,
//! where a kernel here takes one on the CPU.

use burn::optim::{AdamState, AdaptiveMomentumState, SimpleOptimizer};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use emberlab_config::Moments;
use emberlab_data::host::{HostTensor, change_all};
use emberlab_kernels::optimizer as kernels;

/// Adam or AdamW.
#[derive(Clone, Copy)]
pub struct Adam {
    moments: Moments,
    weight_decay: f64,
    /// Whether weight decay acts on the weights, as in AdamW, and not on the gradient.
    decoupled: bool,
}

/// The factors of a step.
struct Factors {
    /// `η / (1 - β₁ᵗ)`.
    step_size: f64,
    /// `1 - β₁` and `1 - β₂`.
    shares: [f64; 2],
    /// `√(1 - β₂ᵗ)`.
    correction: f64,
    epsilon: f64,
    /// `λ` of Adam.
    weight_decay: f64,
    /// `1 - η λ` of AdamW.
    shrinkage: f64,
}

impl Adam {
    /// Adam; weight decay is added to the gradient.
    pub fn new(moments: Moments, weight_decay: f64) -> Self {
        Self { moments, weight_decay, decoupled: false }
    }

    /// AdamW; weight decay acts on the weights.
    pub fn decoupled(moments: Moments, weight_decay: f64) -> Self {
        Self { moments, weight_decay, decoupled: true }
    }

    /// The factors of step `time`, counted from 1.
    fn factors(&self, learning_rate: f64, time: usize) -> Factors {
        let Moments { betas, epsilon } = self.moments;
        let time = i32::try_from(time).unwrap_or(i32::MAX);
        let [correction_1, correction_2] = betas.map(|beta| 1.0 - beta.powi(time));
        let (weight_decay, shrinkage) = if self.decoupled {
            (0.0, 1.0 - learning_rate * self.weight_decay)
        } else {
            (self.weight_decay, 1.0)
        };
        Factors {
            step_size: learning_rate / correction_1,
            shares: betas.map(|beta| 1.0 - beta),
            correction: correction_2.sqrt(),
            epsilon,
            weight_decay,
            shrinkage,
        }
    }
}

impl<B: Backend> SimpleOptimizer<B> for Adam {
    type State<const D: usize> = AdamState<B, D>;

    fn step<const D: usize>(
        &self,
        learning_rate: f64,
        weights: Tensor<B, D>,
        gradient: Tensor<B, D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<B, D>, Option<Self::State<D>>) {
        let (time, first, second) = match state {
            Some(AdamState { momentum: AdaptiveMomentumState { time, moment_1, moment_2, .. } }) => {
                (time + 1, moment_1, moment_2)
            }
            None => (1, weights.zeros_like(), weights.zeros_like()),
        };
        let factors = self.factors(learning_rate, time);
        let [weights, first, second] = factors.step(weights, gradient, first, second);
        (weights, Some(AdamState::new(AdaptiveMomentumState::new(time, first, second))))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &B::Device) -> Self::State<D> {
        AdamState::new(state.momentum.to_device(device))
    }
}

impl Factors {
    /// Weights and moments after a step.
    fn step<B: Backend, const D: usize>(
        &self,
        weights: Tensor<B, D>,
        gradient: Tensor<B, D>,
        first: Tensor<B, D>,
        second: Tensor<B, D>,
    ) -> [Tensor<B, D>; 3] {
        let Some(numbers) = HostTensor::of(&gradient) else {
            return self.step_by_operations(weights, gradient, first, second);
        };
        let (kernel, tensors) = (self.kernel(), [weights, first, second]);
        change_all(tensors, |[weights, first, second]| kernel.step(weights, numbers.values(), first, second))
            .unwrap_or_else(|[weights, first, second]| {
                self.step_by_operations(weights, gradient, first, second)
            })
    }

    fn kernel(&self) -> kernels::Adam {
        kernels::Adam {
            step_size: self.step_size as f32,
            shares: self.shares.map(|share| share as f32),
            correction: self.correction as f32,
            epsilon: self.epsilon as f32,
            weight_decay: self.weight_decay as f32,
            shrinkage: self.shrinkage as f32,
        }
    }

    fn step_by_operations<B: Backend, const D: usize>(
        &self,
        weights: Tensor<B, D>,
        mut gradient: Tensor<B, D>,
        first: Tensor<B, D>,
        second: Tensor<B, D>,
    ) -> [Tensor<B, D>; 3] {
        if self.weight_decay > 0.0 {
            gradient = weights.clone() * self.weight_decay + gradient;
        }
        let [share_1, share_2] = self.shares;
        let first = toward(first, gradient.clone(), share_1);
        let second = toward(second, gradient.square(), share_2);
        let step = first.clone() / (second.clone().sqrt() / self.correction + self.epsilon);
        [weights * self.shrinkage - step * self.step_size, first, second]
    }
}

/// A running mean moved toward `value` by a share of their difference.
pub fn toward<B: Backend, const D: usize>(
    mean: Tensor<B, D>,
    value: Tensor<B, D>,
    share: f64,
) -> Tensor<B, D> {
    mean.clone() + (value - mean) * share
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::backend::Flex;
    use burn::tensor::Int;

    /// Numbers for several threads.
    fn numbers(seed: i64) -> Tensor<Flex, 1> {
        let indices = Tensor::<Flex, 1, Int>::arange(0..40_000, &Default::default());
        (indices.float() * seed).sin()
    }

    #[test]
    fn the_kernel_computes_the_bits_of_the_operations() {
        let moments = Moments { betas: [0.9, 0.999], epsilon: 1e-8 };
        for adam in [Adam::new(moments, 0.0), Adam::new(moments, 0.01), Adam::decoupled(moments, 0.1)] {
            let [weights, gradient, first] = [1, 2, 3].map(numbers);
            let second = numbers(4).square();
            let factors = adam.factors(0.1, 7);
            let tensors = (weights, gradient, first, second);
            let (weights, gradient, first, second) = tensors.clone();
            let expected = factors.step_by_operations(weights, gradient, first, second);
            let (weights, gradient, first, second) = tensors;
            let found = factors.step(weights, gradient, first, second);
            assert_eq!(found.map(Tensor::into_data), expected.map(Tensor::into_data));
        }
    }
}
