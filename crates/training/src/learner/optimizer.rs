//! From `[training.optimizer]` to an optimizer.

use super::adam::Adam;
use super::muon::MuonWithAdamW;
use super::rmsprop::{self, RmsPropInF64};
use super::sgd::Sgd;
use super::weights_only_decay::WeightsOnlyDecay;
use crate::checkpoint::{decode, encode};
use crate::devices::{AutodiffBackend, Backend, Device};
use crate::error::Error;
use burn::grad_clipping::GradientClippingConfig;
use burn::optim::adaptor::OptimizerAdaptor;
use burn::optim::decay::WeightDecayConfig;
use burn::optim::{AdaGradConfig, GradientsParams, Optimizer, RmsPropConfig, SimpleOptimizer};
use emberlab_config::{Clip, OptimizerConfig, OptimizerKind, WeightDecayOn};
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
    match config.kind {
        OptimizerKind::Sgd { momentum, nesterov } => {
            boxed(config, |weight_decay| Sgd { momentum, nesterov, weight_decay })
        }
        OptimizerKind::Adam(moments) => boxed(config, |weight_decay| Adam::new(moments, weight_decay)),
        OptimizerKind::AdamW(moments) => boxed(config, |weight_decay| Adam::decoupled(moments, weight_decay)),
        OptimizerKind::RmsProp { alpha, momentum, centered, epsilon } if alpha > rmsprop::LARGEST_IN_F32 => {
            boxed(config, |weight_decay| RmsPropInF64 { alpha, momentum, centered, epsilon, weight_decay })
        }
        OptimizerKind::RmsProp { alpha, momentum, centered, epsilon } => boxed(config, |weight_decay| {
            let config = RmsPropConfig::new()
                .with_alpha(alpha as f32)
                .with_momentum(momentum as f32)
                .with_centered(centered)
                .with_epsilon(epsilon as f32);
            config.with_weight_decay(decay(weight_decay)).build()
        }),
        OptimizerKind::AdaGrad { epsilon } => boxed(config, |weight_decay| {
            AdaGradConfig::new().with_epsilon(epsilon as f32).with_weight_decay(decay(weight_decay)).build()
        }),
        OptimizerKind::Muon(muon) => {
            boxed(config, |weight_decay| MuonWithAdamW::<Backend>::new(muon, weight_decay))
        }
    }
}

fn decay(weight_decay: f64) -> Option<WeightDecayConfig> {
    (weight_decay > 0.0).then(|| WeightDecayConfig::new(weight_decay as f32))
}

fn clipping(clip: Option<Clip>) -> Option<GradientClippingConfig> {
    match clip? {
        Clip::Norm(_) => None,
        Clip::NormPerParameter(norm) => Some(GradientClippingConfig::Norm(norm as f32)),
        Clip::Value(value) => Some(GradientClippingConfig::Value(value as f32)),
    }
}

/// An optimizer that applies a rule, which `rule` makes for a weight decay, to each parameter.
fn boxed<R: SimpleOptimizer<Backend> + 'static>(
    config: &OptimizerConfig,
    rule: impl Fn(f64) -> R,
) -> Box<dyn ClassifierOptimizer> {
    let (weight_decay, clip) = (config.weight_decay, clipping(config.clip));
    match config.weight_decay_on {
        WeightDecayOn::All => clipped(rule(weight_decay), clip),
        WeightDecayOn::Weights => {
            clipped(WeightsOnlyDecay { weights: rule(weight_decay), others: rule(0.0) }, clip)
        }
    }
}

fn clipped<R: SimpleOptimizer<Backend> + 'static>(
    rule: R,
    clip: Option<GradientClippingConfig>,
) -> Box<dyn ClassifierOptimizer> {
    let optimizer = OptimizerAdaptor::<R, Classifier<AutodiffBackend>, AutodiffBackend>::from(rule);
    match clip {
        Some(clip) => Box::new(optimizer.with_grad_clipping(clip.init())),
        None => Box::new(optimizer),
    }
}
