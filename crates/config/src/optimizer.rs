//! `[training.optimizer]`: how a gradient becomes an update.

use super::clip::Clip;
use super::key::{Key, key};
use super::moments::{Moments, epsilon_key};
use super::parameter_group::ParameterGroup;
use super::rule::{count_in, flag, fraction, non_negative, positive, word};
use super::section::Section;

/// The optimizer; each gives the same results as PyTorch's.
///
/// Gradients are clipped once they are accumulated, before the optimizer and its weight decay use them. Only one
/// of the three ways to clip can be given.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizerConfig {
    /// Which optimizer.
    pub kind: OptimizerKind,
    /// Step size.
    pub learning_rate: f64,
    /// Times the weights, added to the gradient, or to the step of AdamW.
    pub weight_decay: f64,
    /// The parameters that weight decay acts on.
    pub weight_decay_on: WeightDecayOn,
    /// How gradients are clipped.
    pub clip: Option<Clip>,
    /// `[[training.optimizer.groups]]`: parameters that are trained in another way.
    pub groups: Vec<ParameterGroup>,
}

/// The parameters that weight decay acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightDecayOn {
    /// All of them.
    All,
    /// The weights of linear layers and convolutions, without biases and the parameters of batch norm.
    Weights,
}

const WEIGHT_DECAY_ON: [(&str, WeightDecayOn); 2] =
    [("all", WeightDecayOn::All), ("weights", WeightDecayOn::Weights)];

/// The optimizer with its own parameters.
#[derive(Clone, Debug, PartialEq)]
pub enum OptimizerKind {
    /// Gradient descent.
    Sgd {
        /// Share of the last step kept; 0 for none.
        momentum: f64,
        /// Nesterov's form of momentum.
        nesterov: bool,
    },
    /// Adam (D. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", 2015).
    Adam(Moments),
    /// AdamW (I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization", 2019).
    AdamW(Moments),
    /// RMSprop (T. Tieleman and G. Hinton, 2012).
    RmsProp {
        /// Decay of the mean square.
        alpha: f64,
        /// Share of the last step kept; 0 for none.
        momentum: f64,
        /// By the variance, not the mean square.
        centered: bool,
        /// Keeps the divisor from 0.
        epsilon: f64,
    },
    /// Adagrad (J. Duchi et al., "Adaptive Subgradient Methods", 2011).
    AdaGrad {
        /// Keeps the divisor from 0.
        epsilon: f64,
    },
    /// Muon for matrices and filters (K. Jordan et al., "Muon: An optimizer for hidden layers in neural
    /// networks", 2024), with steps as long as those of AdamW, which takes biases and batch norm.
    Muon(Muon),
}

/// The parameters of Muon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Muon {
    /// Share of the last step kept.
    pub momentum: f64,
    /// Nesterov's form of momentum.
    pub nesterov: bool,
    /// Steps of the Newton-Schulz iteration that makes the update orthogonal.
    pub newton_schulz_steps: usize,
    /// Whether a matrix `[n, …]` gets the norm `√n` before each step, and its step is the orthogonal update times the
    /// learning rate, as in the CIFAR-10 record of K. Jordan (2024).
    pub normalize_weights: bool,
}

/// The word for each kind.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Sgd,
    Adam,
    AdamW,
    RmsProp,
    AdaGrad,
    Muon,
}

pub(super) const KINDS: [(&str, Kind); 6] = [
    ("sgd", Kind::Sgd),
    ("adam", Kind::Adam),
    ("adamw", Kind::AdamW),
    ("rmsprop", Kind::RmsProp),
    ("adagrad", Kind::AdaGrad),
    ("muon", Kind::Muon),
];

impl OptimizerConfig {
    /// `epochs` are those of the run.
    pub(super) fn keys(
        mut section: Section<'_>,
        written: Option<&Self>,
        epochs: Option<usize>,
    ) -> Option<Self> {
        let kind = key("kind", word(&KINDS), "the optimizer; it decides which of the other keys exist");
        let kind = section.value(kind, Kind::Sgd, written.map(|optimizer| optimizer.kind.word()));
        let rule = OptimizerKind::keys(&mut section, kind, written.map(|optimizer| &optimizer.kind));
        let learning_rate = key("learning_rate", positive(), "step size");
        let learning_rate = section.required(learning_rate, written.map(|optimizer| optimizer.learning_rate));
        let about = "weight decay: this times the weights is added to the gradient; with `adamw` and `muon`, to the step";
        let weight_decay = section.value(
            key("weight_decay", non_negative(), about),
            kind.default_weight_decay(),
            written.map(|optimizer| optimizer.weight_decay),
        );
        let weight_decay_on = weight_decay_on_key(&mut section, written, weight_decay);
        let clip = Clip::keys(&mut section, written.and_then(|optimizer| optimizer.clip));
        let about = "groups of parameters that are trained in another way than the rest; a parameter belongs to the first group \
                     that selects it";
        let set_groups = written.map(|optimizer| optimizer.groups.as_slice());
        let groups = section.tables("groups", about, set_groups, |section, group| {
            ParameterGroup::keys(section, group, epochs)
        });
        section.finish();
        Some(Self { kind: rule, learning_rate: learning_rate?, weight_decay, weight_decay_on, clip, groups })
    }
}

impl Kind {
    /// The weight decay without a key.
    pub fn default_weight_decay(self) -> f64 {
        if matches!(self, Self::AdamW | Self::Muon) { 0.01 } else { 0.0 }
    }
}

impl OptimizerKind {
    pub(super) fn keys(section: &mut Section<'_>, kind: Kind, written: Option<&Self>) -> Self {
        let momentum = written.and_then(Self::momentum);
        let nesterov = written.and_then(Self::nesterov);
        let epsilon = written.and_then(Self::epsilon);
        match kind {
            Kind::Sgd => {
                let momentum = section.value(momentum_key(), 0.0, momentum);
                let nesterov = section.value(nesterov_key(), false, nesterov);
                if nesterov && momentum == 0.0 {
                    let reason = "is true, must be false without `momentum`, which it is a form of";
                    section.meaningless("nesterov", reason);
                }
                Self::Sgd { momentum, nesterov }
            }
            Kind::Adam => Self::Adam(Moments::keys(section, written.and_then(Self::moments))),
            Kind::AdamW => Self::AdamW(Moments::keys(section, written.and_then(Self::moments))),
            Kind::RmsProp => {
                let (set_alpha, set_centered) = match written {
                    Some(Self::RmsProp { alpha, centered, .. }) => (Some(*alpha), Some(*centered)),
                    _ => (None, None),
                };
                let alpha = key("alpha", fraction(), "decay rate of the mean of squared gradients");
                let alpha = section.value(alpha, 0.99, set_alpha);
                let momentum = section.value(momentum_key(), 0.0, momentum);
                let centered =
                    key("centered", flag(), "divide by the variance of gradients, not their mean square");
                let centered = section.value(centered, false, set_centered);
                Self::RmsProp {
                    alpha,
                    momentum,
                    centered,
                    epsilon: section.value(epsilon_key(), 1e-8, epsilon),
                }
            }
            Kind::AdaGrad => Self::AdaGrad { epsilon: section.value(epsilon_key(), 1e-10, epsilon) },
            Kind::Muon => Self::Muon(Muon::keys(section, written.and_then(Self::muon))),
        }
    }

    pub(super) fn word(&self) -> Kind {
        match self {
            Self::Sgd { .. } => Kind::Sgd,
            Self::Adam(_) => Kind::Adam,
            Self::AdamW(_) => Kind::AdamW,
            Self::RmsProp { .. } => Kind::RmsProp,
            Self::AdaGrad { .. } => Kind::AdaGrad,
            Self::Muon(_) => Kind::Muon,
        }
    }

    fn momentum(&self) -> Option<f64> {
        match self {
            Self::Sgd { momentum, .. } | Self::RmsProp { momentum, .. } => Some(*momentum),
            _ => None,
        }
    }

    fn nesterov(&self) -> Option<bool> {
        match self {
            Self::Sgd { nesterov, .. } => Some(*nesterov),
            _ => None,
        }
    }

    fn epsilon(&self) -> Option<f64> {
        match self {
            Self::RmsProp { epsilon, .. } | Self::AdaGrad { epsilon } => Some(*epsilon),
            _ => None,
        }
    }

    fn moments(&self) -> Option<Moments> {
        match self {
            Self::Adam(moments) | Self::AdamW(moments) => Some(*moments),
            _ => None,
        }
    }

    fn muon(&self) -> Option<Muon> {
        match self {
            Self::Muon(muon) => Some(*muon),
            _ => None,
        }
    }
}

impl Muon {
    /// Steps of the Newton-Schulz iteration without a key.
    const STEPS: usize = 5;

    fn keys(section: &mut Section<'_>, written: Option<Self>) -> Self {
        let momentum = section.value(momentum_key(), 0.95, written.map(|muon| muon.momentum));
        let nesterov = section.value(nesterov_key(), true, written.map(|muon| muon.nesterov));
        // Left out unless they are set: runs of earlier versions, which do not have the keys, can be resumed.
        let set_steps = written.map(|muon| muon.newton_schulz_steps).filter(|&steps| steps != Self::STEPS);
        let about = "steps of the Newton-Schulz iteration that makes the update orthogonal, computed in f32";
        let steps =
            section.value(key("newton_schulz_steps", count_in(1..=100), about), Self::STEPS, set_steps);
        let set_normalize = written.map(|muon| muon.normalize_weights).filter(|&set| set);
        let about = "before each step, scale a matrix `[n, …]` to the norm √n; its step is then the orthogonal update \
                     times the learning rate, without AdamW's scale";
        let normalize_weights = section.value(key("normalize_weights", flag(), about), false, set_normalize);
        Self { momentum, nesterov, newton_schulz_steps: steps, normalize_weights }
    }
}

/// The parameters that weight decay acts on.
fn weight_decay_on_key(
    section: &mut Section<'_>,
    written: Option<&OptimizerConfig>,
    weight_decay: f64,
) -> WeightDecayOn {
    let about =
        "parameters that weight decay acts on: all, or only the weights of linear layers and convolutions";
    // Left out unless it is set: runs of earlier versions, which do not have the key, can be resumed.
    let set = written.map(|optimizer| optimizer.weight_decay_on).filter(|&set| set != WeightDecayOn::All);
    let on = section.value(key("weight_decay_on", word(&WEIGHT_DECAY_ON), about), WeightDecayOn::All, set);
    if weight_decay == 0.0 {
        section.meaningless("weight_decay_on", "has no meaning without `weight_decay` above 0");
    }
    on
}

fn momentum_key<'a>() -> Key<'a, f64> {
    key("momentum", fraction(), "share of the last step that is kept")
}

fn nesterov_key<'a>() -> Key<'a, bool> {
    key("nesterov", flag(), "Nesterov momentum; needs `momentum` above 0")
}
