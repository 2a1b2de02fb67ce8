//! `[training.ema]`: an exponential moving average of the weights.

use super::key::key;
use super::rule::{count, fraction};
use super::section::Section;

/// The average of the weights, which is validated, tested and saved in their place.
///
/// It begins with the initial weights `w₀`. After an update with the weights `w`, biases and running means of batch norm
/// included, it becomes `decay · average + (1 - decay) · w`, as `ModelEmaV2` of PyTorch Image Models without its warm-up.
/// Training scores are those of the weights themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EmaConfig {
    /// The share of the average that an update keeps.
    pub decay: f64,
    /// Updates from one change of the average to the next.
    pub every: usize,
}

impl EmaConfig {
    pub(super) fn keys(section: &mut Section<'_>, written: Option<Self>) -> Option<Self> {
        let mut ema = section.optional_table("ema", written.is_some());
        let given = ema.is_given();
        let about = "share of the average that an update keeps; the average replaces the weights in validation, test and files";
        let decay = ema.value(key("decay", fraction(), about), 0.999, written.map(|ema| ema.decay));
        let about = "number of updates from one change of the average to the next";
        let every = ema.value(key("every", count(1), about), 1, written.map(|ema| ema.every));
        ema.finish();
        given.then_some(Self { decay, every })
    }
}
