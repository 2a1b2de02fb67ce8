//! The keys of `[training.optimizer]` for Adam and AdamW.

use super::key::{Key, key};
use super::rule::{divisor_term, fraction, list};
use super::section::Section;
use emberlab_data::text;

/// The running means of Adam and AdamW.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// Decay of the running mean of the gradient and of its square.
    pub betas: [f64; 2],
    /// Keeps the divisor from 0.
    pub epsilon: f64,
}

impl Moments {
    pub(super) fn keys(section: &mut Section<'_>, written: Option<Self>) -> Self {
        const DEFAULT: [f64; 2] = [0.9, 0.999];
        let about = "decay rates of the running means of the gradient and of its square; two numbers";
        let betas = key("betas", list(fraction(), 1), about);
        let betas = section.value(betas, DEFAULT.to_vec(), written.map(|moments| moments.betas.to_vec()));
        let epsilon = section.value(epsilon_key(), 1e-8, written.map(|moments| moments.epsilon));
        let betas = <[f64; 2]>::try_from(betas).unwrap_or_else(|betas| {
            section.problem("betas", format!("has {}, must have 2", text::count(betas.len(), "item")));
            DEFAULT
        });
        Self { betas, epsilon }
    }
}

pub(super) fn epsilon_key<'a>() -> Key<'a, f64> {
    key("epsilon", divisor_term(), "added to the divisor, so that it is not 0")
}
