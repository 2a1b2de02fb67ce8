//! The values of a metric over a run, for plots.

use std::collections::VecDeque;

/// Points of a plot of the whole run; twice as many are kept at most.
const FULL: usize = 500;
/// Points of a plot of the last values.
const RECENT: usize = 200;

/// The values of a metric on one part of the data, by update.
#[derive(Debug, Default)]
pub struct History {
    full: Vec<(f64, f64)>,
    /// Number of values of which each point of `full` is the mean.
    stride: usize,
    /// The sum of the values of the next point, of their updates, and their number.
    open: (f64, f64, usize),
    recent: VecDeque<(f64, f64)>,
}

impl History {
    /// Adds the value at an update. Values that are not finite cannot be drawn and are left out.
    pub fn push(&mut self, update: usize, value: f64) {
        if !value.is_finite() {
            return;
        }
        let update = update as f64;
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back((update, value));
        let stride = self.stride.max(1);
        let (updates, values, n) = &mut self.open;
        (*updates, *values, *n) =
            (*updates + update / stride as f64, *values + value / stride as f64, *n + 1);
        if *n >= stride {
            self.full.push((*updates, *values));
            self.open = (0.0, 0.0, 0);
        }
        if self.full.len() >= 2 * FULL {
            let halved = self.full.chunks(2).map(mean);
            self.full = halved.collect();
            self.stride = 2 * stride;
        }
    }

    /// The points over the whole run, the newest unchanged.
    pub fn full(&self) -> Vec<(f64, f64)> {
        let newest = self.recent.back().filter(|newest| self.full.last() != Some(newest));
        self.full.iter().chain(newest).copied().collect()
    }

    /// The last values.
    pub fn recent(&self) -> Vec<(f64, f64)> {
        self.recent.iter().copied().collect()
    }
}

fn mean(points: &[(f64, f64)]) -> (f64, f64) {
    let n = points.len().max(1) as f64;
    points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / n, y + point.1 / n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_history_stays_small_and_keeps_both_ends() {
        let mut history = History::default();
        (1..=1_000_000).for_each(|update| history.push(update, update as f64));
        let full = history.full();
        assert!(full.len() <= 2 * FULL + 1 && full.len() >= FULL);
        assert!(full[0].0 < 2000.0);
        assert_eq!(full.last(), Some(&(1e6, 1e6)));
        assert!(full.iter().all(|(x, y)| (x - y).abs() < 1e-6 * x));
        assert_eq!(history.recent().len(), RECENT);
    }

    #[test]
    fn values_at_the_limits_of_numbers_are_kept_finite() {
        let mut history = History::default();
        for update in 0..5000 {
            history.push(update, [f64::MAX, f64::MIN, f64::NAN, f64::INFINITY, 1e-309][update % 5]);
        }
        assert!(history.full().iter().all(|(_, value)| value.is_finite()));
        assert_eq!(history.full().len(), 3000 / 4 + 1);
    }
}
