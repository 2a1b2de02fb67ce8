//! Muon for matrices and filters, AdamW for all else.
//!
//! Muon turns the momentum of a matrix into the nearest one with orthogonal rows or columns, and so
//! has no meaning for biases and batch norm (K. Jordan et al., "Muon: An optimizer for hidden layers
//! in neural networks", 2024). Filters `[c', c, k, k]` count as matrices `[c', c k²]`. Steps are as
//! long as AdamW's (J. Liu et al., "Muon is Scalable for LLM Training", 2025), so that one learning
//! rate serves both.

use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdamW, AdamWConfig, AdamWState, AdjustLrFn, Muon, MuonConfig, MuonState, SimpleOptimizer};
use burn::record::Record;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// Both optimizers.
#[derive(Clone)]
pub struct MuonWithAdamW<B: Backend> {
    muon: Muon<B>,
    adamw: AdamW,
}

/// The state of a parameter, by the optimizer that updates it.
#[derive(Clone, Record)]
pub struct MuonWithAdamWState<B: Backend, const D: usize> {
    muon: Option<MuonState<B, 2>>,
    adamw: Option<AdamWState<B, D>>,
}

impl<B: Backend> MuonWithAdamW<B> {
    pub fn new(momentum: f64, nesterov: bool, weight_decay: f64) -> Self {
        let decay = (weight_decay > 0.0).then(|| WeightDecayConfig::new(weight_decay as f32));
        let muon = MuonConfig::new()
            .with_momentum(MomentumConfig { momentum, dampening: 0.0, nesterov })
            .with_weight_decay(decay)
            .with_adjust_lr_fn(AdjustLrFn::MatchRmsAdamW);
        let adamw = AdamWConfig::new().with_epsilon(1e-8).with_weight_decay(weight_decay as f32);
        Self { muon: muon.build(), adamw: adamw.build() }
    }
}

impl<B: Backend> SimpleOptimizer<B> for MuonWithAdamW<B> {
    type State<const D: usize> = MuonWithAdamWState<B, D>;

    fn step<const D: usize>(
        &self,
        learning_rate: f64,
        tensor: Tensor<B, D>,
        gradient: Tensor<B, D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<B, D>, Option<Self::State<D>>) {
        if D < 2 {
            let adamw = state.and_then(|state| state.adamw);
            let (tensor, adamw) = self.adamw.step(learning_rate, tensor, gradient, adamw);
            return (tensor, Some(MuonWithAdamWState { muon: None, adamw }));
        }
        let shape = tensor.dims();
        let matrix = [shape[0], shape[1..].iter().product()];
        let muon = state.and_then(|state| state.muon);
        let (tensor, muon) =
            self.muon.step::<2>(learning_rate, tensor.reshape(matrix), gradient.reshape(matrix), muon);
        (tensor.reshape(shape), Some(MuonWithAdamWState { muon, adamw: None }))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &B::Device) -> Self::State<D> {
        MuonWithAdamWState {
            muon: state.muon.map(|state| Muon::<B>::to_device(state, device)),
            adamw: state.adamw.map(|state| <AdamW as SimpleOptimizer<B>>::to_device(state, device)),
        }
    }
}
