//! `[training.schedule]`, `growth`.

use super::key::key;
use super::rule::{count, positive};
use super::section::Section;

/// Exponential growth: update `t` of `n`, from 0, has the factor `start · (end / start)^(t / (n - 1))`; it stays at `end`.
///
/// `emberlab find-rate` trains with it (L. Smith, "Cyclical Learning Rates for Training Neural Networks", 2015).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// The factor of the first update.
    pub start: f64,
    /// The factor of the last update.
    pub end: f64,
    /// Updates from the first factor to the last, both included.
    pub updates: usize,
}

impl Growth {
    /// The factor of an update, counted from 0.
    pub fn factor(&self, update: usize) -> f64 {
        let Self { start, end, updates } = *self;
        let last = updates.saturating_sub(1);
        if update >= last && last > 0 {
            return end;
        }
        let share = update as f64 / last.max(1) as f64;
        // The ratio of two factors may overflow.
        (start.ln() + share * (end.ln() - start.ln())).exp()
    }

    /// The keys of a schedule that grows where its table is given, or anyhow.
    pub(super) fn keys(section: &mut Section<'_>, written: Option<Self>, anyhow: bool) -> Option<Self> {
        let mut growth = if anyhow {
            section.required_inline_table("growth", written.is_some())
        } else {
            section.inline_table("growth", written.is_some())
        };
        let start = key("start", positive(), "factor of the first update");
        let start = growth.required(start, written.map(|growth| growth.start));
        let about =
            "factor that the learning rate grows to exponentially, over `updates` updates; it stays there";
        let end = growth.required(key("end", positive(), about), written.map(|growth| growth.end));
        let updates = key("updates", count(1), "updates from the first factor to the last");
        let updates = growth.required(updates, written.map(|growth| growth.updates));
        growth.finish();
        Some(Self { start: start?, end: end?, updates: updates? })
    }
}
