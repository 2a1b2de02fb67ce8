//! `[training.schedule]`, `one_cycle`.

use super::key::key;
use super::rule::word;
use super::schedule::{above_zero, from_zero};
use super::section::Section;

/// The one-cycle schedule (L. Smith and N. Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large
/// Learning Rates", 2018), as PyTorch's `OneCycleLR` without a cycle of the momentum.
///
/// `start_factor` is PyTorch's `1 / div_factor`, and `end_factor` its `1 / (div_factor * final_div_factor)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneCycle {
    /// Share of the run over which the factor rises to 1.
    pub warmup: f64,
    /// The factor of the first update.
    pub start: f64,
    /// The factor of the last update.
    pub end: f64,
    /// How the factor goes from one value to the next.
    pub shape: CycleShape,
}

/// How a factor goes from one value to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CycleShape {
    /// Along half a cosine.
    Cosine,
    /// Along a line.
    Linear,
}

const SHAPES: [(&str, CycleShape); 2] = [("cosine", CycleShape::Cosine), ("linear", CycleShape::Linear)];

impl OneCycle {
    /// The keys of a schedule that has the cycle where its table is given, or anyhow.
    pub(super) fn keys(section: &mut Section<'_>, written: Option<Self>, anyhow: bool) -> Option<Self> {
        let mut cycle = section.inline_table("one_cycle", written.is_some());
        let given = cycle.is_given() || anyhow;
        let about =
            "share of the run over which the learning rate rises from `start_factor` to 1 times its value";
        let warmup = cycle.value(key("warmup", from_zero(), about), 0.3, written.map(|cycle| cycle.warmup));
        let start = key("start_factor", above_zero(), "factor of the first update");
        let start = cycle.value(start, 0.04, written.map(|cycle| cycle.start));
        let about = "factor of the last update, to which the learning rate falls after the warm-up";
        let end = cycle.value(key("end_factor", from_zero(), about), 4e-6, written.map(|cycle| cycle.end));
        let about = "how the learning rate rises and falls: along half a cosine or along a line";
        let shape = key("shape", word(&SHAPES), about);
        let shape = cycle.value(shape, CycleShape::Cosine, written.map(|cycle| cycle.shape));
        cycle.finish();
        given.then_some(Self { warmup, start, end, shape })
    }
}
