//! The one-cycle schedule, as PyTorch's `OneCycleLR` with two phases.
//!
//! Over `n` updates, with the share `w` of warm-up, update `t`, from 0, lies in the phase from 0 to `w n - 1`, in which the
//! factor goes from `start` to 1, or in the one from there to `n - 1`, in which it goes from 1 to `end`. With `p` the share of
//! the phase that is over, the factor on the way from `a` to `b` is `b + (a - b) (1 + cos(π p)) / 2` or `a + (b - a) p`.

use emberlab_config::{CycleShape, OneCycle};
use std::f64::consts::PI;

/// The factor of each update.
#[derive(Clone, Copy)]
pub struct OneCycleFactor {
    cycle: OneCycle,
    /// Updates of the run.
    updates: usize,
    /// Updates made.
    done: usize,
}

impl OneCycleFactor {
    /// The factors of a run of so many updates.
    pub fn new(cycle: OneCycle, updates: usize) -> Self {
        Self { cycle, updates, done: 0 }
    }

    /// The factor of the next update.
    pub fn step(&mut self) -> f64 {
        let OneCycle { warmup, start, end, shape } = self.cycle;
        let (update, n_updates) = (self.done as f64, self.updates as f64);
        self.done += 1;
        let (peak, last) = (warmup * n_updates - 1.0, n_updates - 1.0);
        if update <= peak {
            between(shape, start, 1.0, share(update, 0.0, peak))
        } else {
            between(shape, 1.0, end, share(update, peak, last))
        }
    }
}

/// The share of the way from `first` to `last` at which `update` lies; the end of a phase of one update.
fn share(update: f64, first: f64, last: f64) -> f64 {
    if last > first { ((update - first) / (last - first)).min(1.0) } else { 1.0 }
}

fn between(shape: CycleShape, from: f64, to: f64, share: f64) -> f64 {
    match shape {
        CycleShape::Cosine => to + 0.5 * (from - to) * (1.0 + (PI * share).cos()),
        CycleShape::Linear => from + (to - from) * share,
    }
}
