//! Adam and AdamW, with betas that f32 cannot hold.
//!
//! Burn 0.21 keeps `β` in f32 and computes `1 - β` and `1 - βᵗ` there: of 0.9999999 it makes
//! `1 - β = 1.19e-7`, a fifth too much. For such betas the step is taken here, with every factor computed
//! in f64 as PyTorch does and the tensors in f32. With the gradient `g` of step `t`, from 1:
//!
//! `m ← m + (1 - β₁) (g - m)`, `v ← v + (1 - β₂) (g² - v)`,
//! `w ← w - η / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)`.
//!
//! Adam adds `λ w` to `g` first; AdamW multiplies `w` by `1 - η λ` first.

use burn::optim::decay::WeightDecayConfig;
use burn::optim::{
    Adam, AdamConfig, AdamState, AdamW, AdamWConfig, AdamWState, AdaptiveMomentumState, SimpleOptimizer,
};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use emberlab_config::Moments;

/// The largest `β` for which Burn's own step is used.
pub const LARGEST_IN_F32: f64 = 0.999;

/// Adam or AdamW.
#[derive(Clone)]
pub enum Adaptive {
    /// Burn's Adam.
    Adam(Adam),
    /// Burn's AdamW.
    AdamW(AdamW),
    /// Either of them, with factors in f64.
    InF64(AdamInF64),
}

/// Adam or AdamW with factors in f64.
#[derive(Clone, Copy)]
pub struct AdamInF64 {
    moments: Moments,
    weight_decay: f64,
    /// Whether weight decay acts on the weights, as in AdamW, and not on the gradient.
    decoupled: bool,
}

impl Adaptive {
    /// Adam; weight decay is added to the gradient.
    pub fn adam(moments: Moments, weight_decay: f64) -> Self {
        let Moments { betas: [beta_1, beta_2], epsilon } = moments;
        if needs_f64(moments) {
            return Self::InF64(AdamInF64 { moments, weight_decay, decoupled: false });
        }
        let decay = (weight_decay > 0.0).then(|| WeightDecayConfig::new(weight_decay as f32));
        let config = AdamConfig::new()
            .with_beta_1(beta_1 as f32)
            .with_beta_2(beta_2 as f32)
            .with_epsilon(epsilon as f32)
            .with_weight_decay(decay);
        Self::Adam(config.build())
    }

    /// AdamW; weight decay acts on the weights.
    pub fn adamw(moments: Moments, weight_decay: f64) -> Self {
        let Moments { betas: [beta_1, beta_2], epsilon } = moments;
        if needs_f64(moments) {
            return Self::InF64(AdamInF64 { moments, weight_decay, decoupled: true });
        }
        let config = AdamWConfig::new()
            .with_beta_1(beta_1 as f32)
            .with_beta_2(beta_2 as f32)
            .with_epsilon(epsilon as f32)
            .with_weight_decay(weight_decay as f32);
        Self::AdamW(config.build())
    }
}

fn needs_f64(moments: Moments) -> bool {
    moments.betas.iter().any(|&beta| beta > LARGEST_IN_F32)
}

impl<B: Backend> SimpleOptimizer<B> for Adaptive {
    type State<const D: usize> = AdamState<B, D>;

    fn step<const D: usize>(
        &self,
        learning_rate: f64,
        tensor: Tensor<B, D>,
        gradient: Tensor<B, D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<B, D>, Option<Self::State<D>>) {
        match self {
            Self::Adam(adam) => adam.step(learning_rate, tensor, gradient, state),
            Self::AdamW(adamw) => {
                let state = state.map(|state| AdamWState::new(state.momentum));
                let (tensor, state) = adamw.step(learning_rate, tensor, gradient, state);
                (tensor, state.map(|state| AdamState::new(state.momentum)))
            }
            Self::InF64(adam) => {
                let state = state.map(|state| state.momentum);
                let (tensor, state) = adam.step(learning_rate, tensor, gradient, state);
                (tensor, Some(AdamState::new(state)))
            }
        }
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &B::Device) -> Self::State<D> {
        AdamState::new(state.momentum.to_device(device))
    }
}

impl AdamInF64 {
    fn step<B: Backend, const D: usize>(
        &self,
        learning_rate: f64,
        mut tensor: Tensor<B, D>,
        mut gradient: Tensor<B, D>,
        state: Option<AdaptiveMomentumState<B, D>>,
    ) -> (Tensor<B, D>, AdaptiveMomentumState<B, D>) {
        let Moments { betas: [beta_1, beta_2], epsilon } = self.moments;
        if self.weight_decay > 0.0 {
            if self.decoupled {
                tensor = tensor * (1.0 - learning_rate * self.weight_decay);
            } else {
                gradient = gradient + tensor.clone() * self.weight_decay;
            }
        }
        let (time, mean, square) = match state {
            Some(AdaptiveMomentumState { time, moment_1, moment_2, .. }) => {
                (time + 1, Some(moment_1), Some(moment_2))
            }
            None => (1, None, None),
        };
        let mean = toward(mean, gradient.clone(), 1.0 - beta_1);
        let square = toward(square, gradient.square(), 1.0 - beta_2);
        let [correction_1, correction_2] =
            [beta_1, beta_2].map(|beta| 1.0 - beta.powi(i32::try_from(time).unwrap_or(i32::MAX)));
        let divisor = square.clone().sqrt() / correction_2.sqrt() + epsilon;
        let step = mean.clone() / divisor * (learning_rate / correction_1);
        (tensor - step, AdaptiveMomentumState::new(time, mean, square))
    }
}

/// A running mean moved toward `value` by a share of their difference; it begins at 0.
pub fn toward<B: Backend, const D: usize>(
    mean: Option<Tensor<B, D>>,
    value: Tensor<B, D>,
    share: f64,
) -> Tensor<B, D> {
    match mean {
        Some(mean) => mean.clone() + (value - mean) * share,
        None => value * share,
    }
}
