//! Muon for matrices and filters, AdamW for all else.
//!
//! Muon turns the momentum of a matrix into the nearest one with orthogonal rows or columns, and so
//! has no meaning for biases and batch norm (K. Jordan et al., "Muon: An optimizer for hidden layers
//! in neural networks", 2024). Filters `[c', c, k, k]` count as matrices `[c', c k²]`. Steps are as
//! long as AdamW's (J. Liu et al., "Muon is Scalable for LLM Training", 2025), so that one learning
//! rate serves both. With `normalize_weights` matrices are updated as [`NormalizedMuon`] describes.

use super::adam::Adam;
use super::normalized_muon::NormalizedMuon;
use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdamState, AdjustLrFn, Muon, MuonConfig, MuonState, SimpleOptimizer};
use burn::record::Record;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use emberlab_config::{Moments, Muon as MuonParameters};

/// Both optimizers.
#[derive(Clone)]
pub struct MuonWithAdamW<B: Backend> {
    muon: MatrixRule<B>,
    adamw: Adam,
}

/// The update of a matrix.
#[derive(Clone)]
enum MatrixRule<B: Backend> {
    /// Burn's Muon, with steps as long as AdamW's.
    Scaled(Muon<B>),
    /// Muon with the weight normalisation of its CIFAR-10 record.
    Normalized(NormalizedMuon<B>),
}

/// The state of a parameter, by the optimizer that updates it.
#[derive(Clone, Record)]
pub struct MuonWithAdamWState<B: Backend, const D: usize> {
    muon: Option<MuonState<B, 2>>,
    adamw: Option<AdamState<B, D>>,
}

impl<B: Backend> MuonWithAdamW<B> {
    pub fn new(muon: MuonParameters, weight_decay: f64) -> Self {
        let moments = Moments { betas: [0.9, 0.999], epsilon: 1e-8 };
        Self { muon: MatrixRule::new(muon, weight_decay), adamw: Adam::decoupled(moments, weight_decay) }
    }
}

impl<B: Backend> MatrixRule<B> {
    fn new(muon: MuonParameters, weight_decay: f64) -> Self {
        let MuonParameters { momentum, nesterov, newton_schulz_steps, normalize_weights } = muon;
        let momentum = MomentumConfig { momentum, dampening: 0.0, nesterov };
        if normalize_weights {
            return Self::Normalized(NormalizedMuon::new(&momentum, newton_schulz_steps, weight_decay));
        }
        let decay = (weight_decay > 0.0).then(|| WeightDecayConfig::new(weight_decay as f32));
        let muon = MuonConfig::new()
            .with_momentum(momentum)
            .with_weight_decay(decay)
            .with_ns_steps(newton_schulz_steps)
            .with_adjust_lr_fn(AdjustLrFn::MatchRmsAdamW);
        Self::Scaled(muon.build())
    }

    fn step(
        &self,
        learning_rate: f64,
        matrix: Tensor<B, 2>,
        gradient: Tensor<B, 2>,
        state: Option<MuonState<B, 2>>,
    ) -> (Tensor<B, 2>, Option<MuonState<B, 2>>) {
        match self {
            Self::Scaled(muon) => muon.step::<2>(learning_rate, matrix, gradient, state),
            Self::Normalized(muon) => {
                let (matrix, state) = muon.step(learning_rate, matrix, gradient, state);
                (matrix, Some(state))
            }
        }
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
            self.muon.step(learning_rate, tensor.reshape(matrix), gradient.reshape(matrix), muon);
        (tensor.reshape(shape), Some(MuonWithAdamWState { muon, adamw: None }))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &B::Device) -> Self::State<D> {
        MuonWithAdamWState {
            muon: state.muon.map(|state| Muon::<B>::to_device(state, device)),
            adamw: state.adamw.map(|state| <Adam as SimpleOptimizer<B>>::to_device(state, device)),
        }
    }
}
