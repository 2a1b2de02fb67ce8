//! `[training.optimizer]`: how a gradient becomes an update.

use super::resolved::Resolved;
use super::rule::{Rule, flag, list, number, word};
use super::section::Section;

/// The optimizer, with the results of PyTorch's.
///
/// | key | default | meaning | range |
/// |---|---|---|---|
/// | `kind` | `sgd` | `sgd`, `adam`, `adamw`, `rmsprop`, `adagrad` or `muon` | |
/// | `learning_rate` | required | step size | above 0 |
/// | `weight_decay` | 0; 0.01 for `adamw`, `muon` | times the weights, added to the gradient; to the step for `adamw`, `muon` | from 0 |
/// | `clip_norm` | none | the largest norm of the gradients of all parameters together, as PyTorch's `clip_grad_norm_` | above 0 |
/// | `clip_norm_per_parameter` | none | the largest norm of each parameter's gradient | above 0 |
/// | `clip_value` | none | the largest absolute value of a gradient's entries | above 0 |
/// | `momentum` | 0; 0.95 for `muon` | for `sgd`, `rmsprop`, `muon`: share of the last step kept | 0 to below 1 |
/// | `nesterov` | false; true for `muon` | for `sgd` with momentum, `muon`: Nesterov's form | |
/// | `betas` | `[0.9, 0.999]` | for `adam`, `adamw`: decay of both means | two, each 0 to below 1 |
/// | `alpha` | 0.99 | for `rmsprop`: decay of the mean square | 0 to below 1 |
/// | `centered` | false | for `rmsprop`: by the variance, not the mean square | |
/// | `epsilon` | 1e-8 | for all but `sgd` and `muon`: keeps the divisor from 0; 1e-10 for `adagrad` | above 0 |
///
/// Gradients are clipped once they are accumulated, before the optimizer and its weight decay see them. Of the three
/// ways to clip only one can be given.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizerConfig {
    /// The rule.
    pub kind: OptimizerKind,
    /// Step size.
    pub learning_rate: f64,
    /// Times the weights, added to the gradient, or to the step of AdamW.
    pub weight_decay: f64,
    /// What keeps gradients from being too large.
    pub clip: Option<Clip>,
}

/// A bound on the gradients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clip {
    /// On the norm of those of all parameters together.
    Norm(f64),
    /// On the norm of each parameter's gradient.
    NormPerParameter(f64),
    /// On the absolute value of each entry.
    Value(f64),
}

/// The rule of an optimizer with what it alone takes.
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
    Muon {
        /// Share of the last step kept.
        momentum: f64,
        /// Nesterov's form of momentum.
        nesterov: bool,
    },
}

/// What Adam's kin keep of earlier gradients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// Decay of the running mean of the gradient and of its square.
    pub betas: [f64; 2],
    /// Keeps the divisor from 0.
    pub epsilon: f64,
}

/// The word for each kind.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Sgd,
    Adam,
    AdamW,
    RmsProp,
    AdaGrad,
    Muon,
}

const KINDS: [(&str, Kind); 6] = [
    ("sgd", Kind::Sgd),
    ("adam", Kind::Adam),
    ("adamw", Kind::AdamW),
    ("rmsprop", Kind::RmsProp),
    ("adagrad", Kind::AdaGrad),
    ("muon", Kind::Muon),
];

impl OptimizerConfig {
    pub(super) fn read(mut section: Section<'_>) -> Option<Self> {
        // Which keys there are depends on the kind.
        let kind = section.value("kind", word(&KINDS), Kind::Sgd);
        let learning_rate = section.required("learning_rate", positive());
        let decay = number("a number from 0", |decay| decay >= 0.0);
        let default_decay = if matches!(kind, Kind::AdamW | Kind::Muon) { 0.01 } else { 0.0 };
        let weight_decay = section.value("weight_decay", decay, default_decay);
        let clip = read_clip(&mut section);
        let kind = match kind {
            Kind::Sgd => read_sgd(&mut section),
            Kind::Adam => OptimizerKind::Adam(read_moments(&mut section)),
            Kind::AdamW => OptimizerKind::AdamW(read_moments(&mut section)),
            Kind::RmsProp => OptimizerKind::RmsProp {
                alpha: section.value("alpha", share(), 0.99),
                momentum: section.value("momentum", share(), 0.0),
                centered: section.value("centered", flag(), false),
                epsilon: section.value("epsilon", positive(), 1e-8),
            },
            Kind::AdaGrad => OptimizerKind::AdaGrad { epsilon: section.value("epsilon", positive(), 1e-10) },
            Kind::Muon => OptimizerKind::Muon {
                momentum: section.value("momentum", share(), 0.95),
                nesterov: section.value("nesterov", flag(), true),
            },
        };
        section.finish();
        Some(Self { kind, learning_rate: learning_rate?, weight_decay, clip })
    }

    pub(super) fn write(&self, out: &mut Resolved<'_>) {
        out.table("training.optimizer");
        match &self.kind {
            OptimizerKind::Sgd { momentum, nesterov } => {
                out.entry("kind", "sgd");
                out.entry("momentum", *momentum);
                out.entry("nesterov", *nesterov);
            }
            OptimizerKind::Adam(moments) => write_moments("adam", moments, out),
            OptimizerKind::AdamW(moments) => write_moments("adamw", moments, out),
            OptimizerKind::RmsProp { alpha, momentum, centered, epsilon } => {
                out.entry("kind", "rmsprop");
                out.entry("alpha", *alpha);
                out.entry("momentum", *momentum);
                out.entry("centered", *centered);
                out.entry("epsilon", *epsilon);
            }
            OptimizerKind::AdaGrad { epsilon } => {
                out.entry("kind", "adagrad");
                out.entry("epsilon", *epsilon);
            }
            OptimizerKind::Muon { momentum, nesterov } => {
                out.entry("kind", "muon");
                out.entry("momentum", *momentum);
                out.entry("nesterov", *nesterov);
            }
        }
        out.entry("learning_rate", self.learning_rate);
        out.entry("weight_decay", self.weight_decay);
        match self.clip {
            Some(Clip::Norm(norm)) => out.entry("clip_norm", norm),
            Some(Clip::NormPerParameter(norm)) => out.entry("clip_norm_per_parameter", norm),
            Some(Clip::Value(value)) => out.entry("clip_value", value),
            None => (),
        }
    }
}

/// The first of the ways to clip that is given.
fn read_clip(section: &mut Section<'_>) -> Option<Clip> {
    let norm = section.optional("clip_norm", positive()).map(Clip::Norm);
    let per_parameter = section.optional("clip_norm_per_parameter", positive()).map(Clip::NormPerParameter);
    let value = section.optional("clip_value", positive()).map(Clip::Value);
    let mut clip = None;
    let mut first = "";
    for (key, given) in
        [("clip_norm", norm), ("clip_norm_per_parameter", per_parameter), ("clip_value", value)]
    {
        if clip.is_some() && given.is_some() {
            section.problem(key, format!("cannot be given together with `{first}`"));
        } else if given.is_some() {
            (clip, first) = (given, key);
        }
    }
    clip
}

fn positive<'a>() -> Rule<'a, f64> {
    number("a number above 0", |number| number > 0.0)
}

fn share<'a>() -> Rule<'a, f64> {
    number("a number from 0 to below 1", |share| (0.0..1.0).contains(&share))
}

fn read_sgd(section: &mut Section<'_>) -> OptimizerKind {
    let momentum = section.value("momentum", share(), 0.0);
    let nesterov = section.value("nesterov", flag(), false);
    if nesterov && momentum == 0.0 {
        section.problem("nesterov", "is true, must be false without `momentum`, which it is a form of");
    }
    OptimizerKind::Sgd { momentum, nesterov }
}

fn read_moments(section: &mut Section<'_>) -> Moments {
    const DEFAULT: [f64; 2] = [0.9, 0.999];
    let betas = section.value("betas", list(share(), 1), DEFAULT.to_vec());
    let epsilon = section.value("epsilon", positive(), 1e-8);
    let betas = <[f64; 2]>::try_from(betas).unwrap_or_else(|betas| {
        section.problem("betas", format!("has {} items, must have 2", betas.len()));
        DEFAULT
    });
    Moments { betas, epsilon }
}

fn write_moments(kind: &str, moments: &Moments, out: &mut Resolved<'_>) {
    out.entry("kind", kind);
    out.entry("betas", moments.betas.to_vec());
    out.entry("epsilon", moments.epsilon);
}
