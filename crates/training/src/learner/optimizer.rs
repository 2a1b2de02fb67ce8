//! From `[training.optimizer]` to Burn's optimizer.

use super::adam::{self, Adaptive};
use super::muon::MuonWithAdamW;
use super::rmsprop::RmsPropInF64;
use crate::checkpoint::{decode, encode};
use crate::devices::{AutodiffBackend, Backend, Device};
use crate::error::Error;
use burn::grad_clipping::GradientClippingConfig;
use burn::optim::adaptor::OptimizerAdaptor;
use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdaGradConfig, GradientsParams, Optimizer, RmsPropConfig, SgdConfig, SimpleOptimizer};
use emberlab_config::{Clip, OptimizerConfig, OptimizerKind};
use emberlab_models::Classifier;

/// An optimizer of a classifier, whatever its kind.
pub trait ClassifierOptimizer: Send {
    /// The classifier after one update. It is changed in place where nothing else holds its weights.
    fn step(
        &mut self,
        learning_rate: f64,
        classifier: Classifier<AutodiffBackend>,
        gradients: GradientsParams,
    ) -> Classifier<AutodiffBackend>;

    /// Its state, such as moments, in MessagePack.
    ///
    /// # Errors
    ///
    /// [`Error::Training`] when Burn cannot encode it.
    fn state(&self) -> Result<Vec<u8>, Error>;

    /// Replaces its state by one that [`state`](Self::state) returned.
    ///
    /// # Errors
    ///
    /// [`Error::Training`] when the bytes are not the state of an optimizer of this kind.
    fn load_state(&mut self, state: Vec<u8>, device: &Device) -> Result<(), Error>;
}

impl<O> ClassifierOptimizer for O
where
    O: Optimizer<Classifier<AutodiffBackend>, AutodiffBackend>,
{
    fn step(
        &mut self,
        learning_rate: f64,
        classifier: Classifier<AutodiffBackend>,
        gradients: GradientsParams,
    ) -> Classifier<AutodiffBackend> {
        Optimizer::step(self, learning_rate, classifier, gradients)
    }

    fn state(&self) -> Result<Vec<u8>, Error> {
        encode::<AutodiffBackend, _>(self.to_record())
    }

    fn load_state(&mut self, state: Vec<u8>, device: &Device) -> Result<(), Error> {
        *self = self.clone().load_record(decode::<AutodiffBackend, _>(state, device)?);
        Ok(())
    }
}

/// The optimizer of a configuration, without state. Clipping by the norm of all gradients together is not part of it: the
/// update loop does that.
pub fn optimizer(config: &OptimizerConfig) -> Box<dyn ClassifierOptimizer> {
    let OptimizerConfig { kind, weight_decay, clip, .. } = config;
    let (weight_decay, clip) = (*weight_decay, clipping(*clip));
    let decay = (weight_decay > 0.0).then(|| WeightDecayConfig::new(weight_decay as f32));
    match *kind {
        OptimizerKind::Sgd { momentum, nesterov } => {
            let momentum = (momentum > 0.0).then_some(MomentumConfig { momentum, dampening: 0.0, nesterov });
            let config = SgdConfig::new().with_momentum(momentum).with_weight_decay(decay);
            boxed(config.build::<Backend>(), clip)
        }
        OptimizerKind::Adam(moments) => boxed(Adaptive::adam(moments, weight_decay), clip),
        OptimizerKind::AdamW(moments) => boxed(Adaptive::adamw(moments, weight_decay), clip),
        OptimizerKind::RmsProp { alpha, momentum, centered, epsilon } if alpha > adam::LARGEST_IN_F32 => {
            boxed(RmsPropInF64 { alpha, momentum, centered, epsilon, weight_decay }, clip)
        }
        OptimizerKind::RmsProp { alpha, momentum, centered, epsilon } => {
            let config = RmsPropConfig::new()
                .with_alpha(alpha as f32)
                .with_momentum(momentum as f32)
                .with_centered(centered)
                .with_epsilon(epsilon as f32)
                .with_weight_decay(decay);
            boxed(config.build(), clip)
        }
        OptimizerKind::AdaGrad { epsilon } => {
            let config = AdaGradConfig::new().with_epsilon(epsilon as f32).with_weight_decay(decay);
            boxed(config.build(), clip)
        }
        OptimizerKind::Muon { momentum, nesterov } => {
            boxed(MuonWithAdamW::<Backend>::new(momentum, nesterov, weight_decay), clip)
        }
    }
}

fn clipping(clip: Option<Clip>) -> Option<GradientClippingConfig> {
    match clip? {
        Clip::Norm(_) => None,
        Clip::NormPerParameter(norm) => Some(GradientClippingConfig::Norm(norm as f32)),
        Clip::Value(value) => Some(GradientClippingConfig::Value(value as f32)),
    }
}

/// An optimizer that applies a rule to each parameter.
fn boxed<R: SimpleOptimizer<Backend> + 'static>(
    rule: R,
    clip: Option<GradientClippingConfig>,
) -> Box<dyn ClassifierOptimizer> {
    let optimizer = OptimizerAdaptor::<R, Classifier<AutodiffBackend>, AutodiffBackend>::from(rule);
    match clip {
        Some(clip) => Box::new(optimizer.with_grad_clipping(clip.init())),
        None => Box::new(optimizer),
    }
}
