//! `[training.schedule]`: how the learning rate changes over the run.

use super::key::key;
use super::one_cycle::OneCycle;
use super::rule::{Rule, count, number};
use super::section::Section;

/// The learning rate of each update is `learning_rate` times the factors of all schedules that are
/// given; without one it is constant.
///
/// The factors are those of PyTorch's `LinearLR` (warm-up and
/// `linear`), `CosineAnnealingWarmRestarts` with `T_0 = updates`, `OneCycleLR` without a cycle of the momentum, `StepLR` and
/// `ExponentialLR`, stepped after each update.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScheduleConfig {
    /// Linear warm-up.
    pub warmup: Option<Ramp>,
    /// Linear decay.
    pub linear: Option<Ramp>,
    /// Cosine annealing.
    pub cosine: Option<Ramp>,
    /// Warm-up and decay over the whole run.
    pub one_cycle: Option<OneCycle>,
    /// Step decay.
    pub step: Option<Steps>,
    /// Exponential decay, by this factor at each update.
    pub exponential: Option<f64>,
}

/// A change of the factor between 1 and another value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// Its length; `None` for the whole run.
    pub updates: Option<usize>,
    /// The factor at the end that is not 1.
    pub factor: f64,
}

/// A decay in steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steps {
    /// Updates from one step to the next.
    pub every: usize,
    /// The factor of each step.
    pub factor: f64,
}

impl ScheduleConfig {
    /// Whether the learning rate stays the same over the run.
    pub fn is_constant(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a part of it lasts as long as the run.
    pub fn follows_the_run(&self) -> bool {
        let ramps = [self.warmup, self.linear, self.cosine];
        self.one_cycle.is_some() || ramps.into_iter().flatten().any(|ramp| ramp.updates.is_none())
    }

    pub(super) fn keys(mut section: Section<'_>, written: Option<&Self>) -> Self {
        let schedule = Self {
            warmup: Ramp::keys(&mut section, &WARMUP, written.and_then(|schedule| schedule.warmup)),
            linear: Ramp::keys(&mut section, &LINEAR, written.and_then(|schedule| schedule.linear)),
            cosine: Ramp::keys(&mut section, &COSINE, written.and_then(|schedule| schedule.cosine)),
            one_cycle: OneCycle::keys(&mut section, written.and_then(|schedule| schedule.one_cycle)),
            step: Steps::keys(&mut section, written.and_then(|schedule| schedule.step)),
            exponential: exponential_keys(&mut section, written.and_then(|schedule| schedule.exponential)),
        };
        section.finish();
        schedule
    }
}

/// The keys of one kind of ramp.
struct RampKeys {
    table: &'static str,
    updates: &'static str,
    /// The key of the factor at the end that is not 1.
    end: &'static str,
    end_about: &'static str,
    default: f64,
    /// Whether the factor can be 0.
    from_zero: bool,
}

const WARMUP: RampKeys = RampKeys {
    table: "warmup",
    updates: "updates over which the learning rate rises linearly from `start` to 1 times its value",
    end: "start",
    end_about: "factor of the first update",
    default: 0.01,
    from_zero: false,
};

const LINEAR: RampKeys = RampKeys {
    table: "linear",
    updates: "updates over which the learning rate falls linearly from 1 to `end` times its value; it stays there",
    end: "end",
    end_about: "factor after the last update",
    default: 0.01,
    from_zero: true,
};

const COSINE: RampKeys = RampKeys {
    table: "cosine",
    updates: "updates over which the learning rate falls from 1 to `end` times its value along half a cosine; then it restarts",
    end: "end",
    end_about: "factor that it falls to",
    default: 0.0,
    from_zero: true,
};

impl Ramp {
    fn keys(section: &mut Section<'_>, keys: &RampKeys, written: Option<Self>) -> Option<Self> {
        let mut ramp = section.inline_table(keys.table, written.is_some());
        let given = ramp.is_given();
        let updates = key("updates", count(1), keys.updates).default_text("the whole run");
        let updates = ramp.optional(updates, written.and_then(|ramp| ramp.updates));
        let rule = if keys.from_zero { from_zero() } else { above_zero() };
        let end = key(keys.end, rule, keys.end_about);
        let factor = ramp.value(end, keys.default, written.map(|ramp| ramp.factor));
        ramp.finish();
        given.then_some(Self { updates, factor })
    }
}

impl Steps {
    fn keys(section: &mut Section<'_>, written: Option<Self>) -> Option<Self> {
        let mut step = section.inline_table("step", written.is_some());
        let every = key("every", count(1), "updates from one step to the next");
        let every = step.required(every, written.map(|step| step.every));
        let factor = key("factor", above_zero(), "factor of each step");
        let factor = step.value(factor, 0.1, written.map(|step| step.factor));
        step.finish();
        Some(Self { every: every?, factor })
    }
}

fn exponential_keys(section: &mut Section<'_>, written: Option<f64>) -> Option<f64> {
    let mut exponential = section.inline_table("exponential", written.is_some());
    let factor = exponential.required(key("factor", above_zero(), "factor of each update"), written);
    exponential.finish();
    factor
}

pub(super) fn above_zero<'a>() -> Rule<'a, f64> {
    number("a number above 0 and at most 1", |factor| factor > 0.0 && factor <= 1.0)
}

pub(super) fn from_zero<'a>() -> Rule<'a, f64> {
    number("a number from 0 to 1", |factor| (0.0..=1.0).contains(&factor))
}
