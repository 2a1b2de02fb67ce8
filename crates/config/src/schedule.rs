//! `[training.schedule]`: how the learning rate changes over the run.

use super::resolved::Resolved;
use super::rule::{Rule, count, number};
use super::section::Section;

/// The learning rate of each update is `learning_rate` times the factors of all schedules that are
/// given; without any it is constant.
///
/// | key | meaning |
/// |---|---|
/// | `warmup = { updates, start }` | rises in a line from `start` (0.01) to 1 within `updates` |
/// | `linear = { updates, end }` | falls in a line from 1 to `end` (0.01) within `updates`, then stays |
/// | `cosine = { updates, end }` | falls from 1 toward `end` (0) in half a cosine within `updates`, then starts again |
/// | `step = { every, factor }` | times `factor` (0.1) after each `every` updates |
/// | `exponential = { factor }` | times `factor` after each update |
///
/// `updates` is the whole run where it is left out. The factors are those of PyTorch's `LinearLR` (warm-up and
/// `linear`), `CosineAnnealingWarmRestarts` with `T_0 = updates`, `StepLR` and `ExponentialLR`, stepped after each update.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScheduleConfig {
    /// A rise at the start.
    pub warmup: Option<Ramp>,
    /// A fall in a line.
    pub linear: Option<Ramp>,
    /// A fall in half a cosine.
    pub cosine: Option<Ramp>,
    /// A fall in steps.
    pub step: Option<Steps>,
    /// A fall by a factor at each update.
    pub exponential: Option<f64>,
}

/// A way between 1 and another factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// How long it takes; the whole run where it is left out.
    pub updates: Option<usize>,
    /// The factor at the other end.
    pub factor: f64,
}

/// A fall in steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steps {
    /// Updates from one step to the next.
    pub every: usize,
    /// The factor of each step.
    pub factor: f64,
}

impl ScheduleConfig {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let schedule = Self {
            warmup: read_ramp(&mut section, "warmup", "start", above_zero(), 0.01),
            linear: read_ramp(&mut section, "linear", "end", from_zero(), 0.01),
            cosine: read_ramp(&mut section, "cosine", "end", from_zero(), 0.0),
            step: read_steps(&mut section),
            exponential: read_exponential(&mut section),
        };
        section.finish();
        schedule
    }

    pub(super) fn write(&self, out: &mut Resolved<'_>) {
        if *self == Self::default() {
            return;
        }
        out.table("training.schedule");
        for (key, end, ramp) in
            [("warmup", "start", self.warmup), ("linear", "end", self.linear), ("cosine", "end", self.cosine)]
        {
            if let Some(Ramp { updates, factor }) = ramp {
                let updates = updates.map(|updates| ("updates", (updates as i64).into()));
                out.inline(key, updates.into_iter().chain([(end, factor.into())]));
            }
        }
        if let Some(Steps { every, factor }) = self.step {
            out.inline("step", [("every", (every as i64).into()), ("factor", factor.into())]);
        }
        if let Some(factor) = self.exponential {
            out.inline("exponential", [("factor", factor.into())]);
        }
    }
}

fn above_zero<'a>() -> Rule<'a, f64> {
    number("a number above 0 and at most 1", |factor| factor > 0.0 && factor <= 1.0)
}

fn from_zero<'a>() -> Rule<'a, f64> {
    number("a number from 0 to 1", |factor| (0.0..=1.0).contains(&factor))
}

fn read_ramp(
    section: &mut Section<'_>,
    key: &'static str,
    end: &'static str,
    rule: Rule<'_, f64>,
    default: f64,
) -> Option<Ramp> {
    let given = section.has(key);
    let mut ramp = section.table(key);
    let updates = ramp.optional("updates", count(1));
    let factor = ramp.value(end, rule, default);
    ramp.finish();
    given.then_some(Ramp { updates, factor })
}

fn read_steps(section: &mut Section<'_>) -> Option<Steps> {
    let given = section.has("step");
    let mut step = section.table("step");
    let every = if given { step.required("every", count(1)) } else { None };
    let factor = step.value("factor", above_zero(), 0.1);
    step.finish();
    Some(Steps { every: every?, factor })
}

fn read_exponential(section: &mut Section<'_>) -> Option<f64> {
    let given = section.has("exponential");
    let mut exponential = section.table("exponential");
    let factor = if given { exponential.required("factor", above_zero()) } else { None };
    exponential.finish();
    factor
}
