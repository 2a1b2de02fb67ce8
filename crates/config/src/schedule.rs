//! `[training.schedule]`: how the learning rate changes over the run.

use super::growth::Growth;
use super::key::key;
use super::one_cycle::OneCycle;
use super::rule::{Rule, count, number, word};
use super::section::Section;

/// The learning rate of each update is `learning_rate` times the factor of the schedule that is given, or that `kind` names, and
/// that of `warmup`; without one it is constant. Several are multiplied where `kind` = "product" asks for it.
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
    /// Exponential growth.
    pub growth: Option<Growth>,
}

/// A change of the factor between 1 and another value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// How long it takes.
    pub length: Length,
    /// The factor at the end that is not 1.
    pub factor: f64,
}

/// The length of a part of the schedule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Length {
    /// The whole run.
    Run,
    /// A share of the run.
    Share(f64),
    /// So many updates.
    Updates(usize),
}

impl Length {
    /// The length in a run of so many updates: one at least.
    pub fn updates(self, of_run: usize) -> usize {
        match self {
            Self::Run => of_run,
            Self::Share(share) => ((of_run as f64 * share).round() as usize).max(1),
            Self::Updates(updates) => updates,
        }
    }
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
        self.one_cycle.is_some()
            || ramps.into_iter().flatten().any(|ramp| !matches!(ramp.length, Length::Updates(_)))
    }

    /// The number of parts besides the warm-up.
    fn n_parts(&self) -> usize {
        let Self { warmup: _, linear, cosine, one_cycle, step, exponential, growth } = self;
        let parts = [
            linear.is_some(),
            cosine.is_some(),
            one_cycle.is_some(),
            step.is_some(),
            exponential.is_some(),
            growth.is_some(),
        ];
        parts.into_iter().filter(|is_part| *is_part).count()
    }

    pub(super) fn keys(mut section: Section<'_>, written: Option<&Self>) -> Self {
        let about =
            "the one part of the schedule besides `warmup`, or `product` for several that are multiplied";
        let set = written.filter(|schedule| schedule.n_parts() > 1).map(|_| Kind::Product);
        let kind = key("kind", word(&KINDS), about).default_text("the part whose table is given");
        let kind = section.optional(kind, set);
        let is = |other: Kind| kind == Some(other);
        let schedule = Self {
            warmup: Ramp::keys(&mut section, &WARMUP, written.and_then(|schedule| schedule.warmup), false),
            linear: Ramp::keys(
                &mut section,
                &LINEAR,
                written.and_then(|schedule| schedule.linear),
                is(Kind::Linear),
            ),
            cosine: Ramp::keys(
                &mut section,
                &COSINE,
                written.and_then(|schedule| schedule.cosine),
                is(Kind::Cosine),
            ),
            one_cycle: OneCycle::keys(
                &mut section,
                written.and_then(|schedule| schedule.one_cycle),
                is(Kind::OneCycle),
            ),
            step: Steps::keys(&mut section, written.and_then(|schedule| schedule.step), is(Kind::Step)),
            exponential: exponential_keys(
                &mut section,
                written.and_then(|schedule| schedule.exponential),
                is(Kind::Exponential),
            ),
            growth: Growth::keys(
                &mut section,
                written.and_then(|schedule| schedule.growth),
                is(Kind::Growth),
            ),
        };
        match kind {
            Some(Kind::Product) => {}
            Some(kind) => refuse_others(&section, kind),
            None if schedule.n_parts() > 1 => section.note(
                "`training.schedule` multiplies several schedules; say so with `kind = \"product\"`, or choose one with `kind`",
            ),
            None => {}
        }
        section.finish();
        schedule
    }
}

/// The word for each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Constant,
    Linear,
    Cosine,
    OneCycle,
    Step,
    Exponential,
    Growth,
    Product,
}

/// The parts besides the warm-up are called like their tables.
const KINDS: [(&str, Kind); 8] = [
    ("constant", Kind::Constant),
    ("linear", Kind::Linear),
    ("cosine", Kind::Cosine),
    ("one_cycle", Kind::OneCycle),
    ("step", Kind::Step),
    ("exponential", Kind::Exponential),
    ("growth", Kind::Growth),
    ("product", Kind::Product),
];

/// Reports the tables of other parts than the one of a kind.
fn refuse_others(section: &Section<'_>, kind: Kind) {
    for (name, other) in KINDS {
        let chosen = KINDS.iter().find(|(_, chosen)| *chosen == kind).map_or("", |(name, _)| name);
        if other != kind {
            section.meaningless(
                name,
                format!("has no meaning for `kind` = \"{chosen}\"; \"product\" multiplies several"),
            );
        }
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
    /// The keys of a schedule that has the ramp where its table is given, or anyhow.
    fn keys(section: &mut Section<'_>, keys: &RampKeys, written: Option<Self>, anyhow: bool) -> Option<Self> {
        let mut ramp = section.inline_table(keys.table, written.is_some());
        let given = ramp.is_given() || anyhow;
        let updates = key("updates", count(1), keys.updates).default_text("the whole run");
        let (set_updates, set_share) = match written.map(|ramp| ramp.length) {
            Some(Length::Updates(updates)) => (Some(updates), None),
            Some(Length::Share(share)) => (None, Some(share)),
            Some(Length::Run) | None => (None, None),
        };
        let updates = ramp.optional(updates, set_updates);
        let share = key("share", above_zero(), "the same as a share of the run, in place of `updates`");
        let share = ramp.optional(share, set_share);
        let length = match (updates, share) {
            (Some(updates), _) => Length::Updates(updates),
            (None, Some(share)) => Length::Share(share),
            (None, None) => Length::Run,
        };
        if updates.is_some() {
            ramp.meaningless("share", "has no meaning beside `updates`, which is the length too");
        }
        let rule = if keys.from_zero { from_zero() } else { above_zero() };
        let end = key(keys.end, rule, keys.end_about);
        let factor = ramp.value(end, keys.default, written.map(|ramp| ramp.factor));
        ramp.finish();
        given.then_some(Self { length, factor })
    }
}

impl Steps {
    fn keys(section: &mut Section<'_>, written: Option<Self>, anyhow: bool) -> Option<Self> {
        let mut step = part_table(section, "step", written.is_some(), anyhow);
        let every = key("every", count(1), "updates from one step to the next");
        let every = step.required(every, written.map(|step| step.every));
        let factor = key("factor", above_zero(), "factor of each step");
        let factor = step.value(factor, 0.1, written.map(|step| step.factor));
        step.finish();
        Some(Self { every: every?, factor })
    }
}

/// The table of a part that has required keys.
fn part_table<'a>(section: &mut Section<'a>, name: &'static str, shown: bool, anyhow: bool) -> Section<'a> {
    if anyhow { section.required_inline_table(name, shown) } else { section.inline_table(name, shown) }
}

fn exponential_keys(section: &mut Section<'_>, written: Option<f64>, anyhow: bool) -> Option<f64> {
    let mut exponential = part_table(section, "exponential", written.is_some(), anyhow);
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
