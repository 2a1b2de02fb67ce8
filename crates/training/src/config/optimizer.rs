//! `[training.optimizer]`: how a gradient becomes an update.

use super::resolved::Resolved;
use super::rule::{flag, list, number, word};
use super::section::Section;

/// The optimizer; all of them are Burn's own.
///
/// | key | default | meaning | range |
/// |---|---|---|---|
/// | `kind` | `sgd` | `sgd` or `adam` | |
/// | `learning_rate` | required | step size | above 0 |
/// | `weight_decay` | 0 | times the weights, added to the gradient | from 0 |
/// | `momentum` | 0 | for `sgd`: share of the last step kept | 0 to below 1 |
/// | `nesterov` | false | for `sgd` with momentum: Nesterov's form | |
/// | `betas` | `[0.9, 0.999]` | for `adam`: decay of both means | two, each 0 to below 1 |
/// | `epsilon` | 1e-8 | for `adam`: keeps the divisor from 0 | above 0 |
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizerConfig {
    /// The rule.
    pub kind: OptimizerKind,
    /// Step size.
    pub learning_rate: f64,
    /// Times the weights, added to the gradient.
    pub weight_decay: f64,
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
    Adam {
        /// Decay of the running mean of the gradient and of its square.
        betas: [f64; 2],
        /// Keeps the divisor from 0.
        epsilon: f64,
    },
}

/// The word for each kind.
#[derive(Clone, Copy)]
enum Kind {
    Sgd,
    Adam,
}

impl OptimizerConfig {
    pub(super) fn read(mut section: Section<'_>) -> Option<Self> {
        let kind = section.value("kind", word(&[("sgd", Kind::Sgd), ("adam", Kind::Adam)]), Kind::Sgd);
        let learning_rate = section.required("learning_rate", number("a number above 0", |rate| rate > 0.0));
        let decay = number("a number from 0", |decay| decay >= 0.0);
        let weight_decay = section.value("weight_decay", decay, 0.0);
        let kind = match kind {
            Kind::Sgd => read_sgd(&mut section),
            Kind::Adam => read_adam(&mut section),
        };
        section.finish();
        Some(Self { kind, learning_rate: learning_rate?, weight_decay })
    }

    pub(super) fn write(&self, out: &mut Resolved) {
        out.table("training.optimizer");
        match &self.kind {
            OptimizerKind::Sgd { momentum, nesterov } => {
                out.entry("kind", "sgd");
                out.entry("momentum", *momentum);
                out.entry("nesterov", *nesterov);
            }
            OptimizerKind::Adam { betas, epsilon } => {
                out.entry("kind", "adam");
                out.entry("betas", betas.to_vec());
                out.entry("epsilon", *epsilon);
            }
        }
        out.entry("learning_rate", self.learning_rate);
        out.entry("weight_decay", self.weight_decay);
    }
}

fn read_sgd(section: &mut Section<'_>) -> OptimizerKind {
    let share = number("a number from 0 to below 1", |share| (0.0..1.0).contains(&share));
    let momentum = section.value("momentum", share, 0.0);
    let nesterov = section.value("nesterov", flag(), false);
    if nesterov && momentum == 0.0 {
        section.problem("nesterov", "is true, must be false without `momentum`, which it is a form of");
    }
    OptimizerKind::Sgd { momentum, nesterov }
}

fn read_adam(section: &mut Section<'_>) -> OptimizerKind {
    let share = number("from 0 to below 1", |share| (0.0..1.0).contains(&share));
    let betas = section.value("betas", list(share, 1), vec![0.9, 0.999]);
    let epsilon = section.value("epsilon", number("a number above 0", |epsilon| epsilon > 0.0), 1e-8);
    let betas = <[f64; 2]>::try_from(betas).unwrap_or_else(|betas| {
        section.problem("betas", format!("has {} items, must have 2", betas.len()));
        [0.9, 0.999]
    });
    OptimizerKind::Adam { betas, epsilon }
}
