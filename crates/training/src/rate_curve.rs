//! The losses of a learning rate that grows from update to update, and the rate that they suggest.
//!
//! L. Smith ("Cyclical Learning Rates for Training Neural Networks", 2015) trains for some updates while the rate grows, and reads
//! off where the loss falls. The numbers here are those of fastai's `lr_find`: the loss is smoothed with β = 0.98 and a
//! correction of the start, `s_t = (1 - β) Σ β^(t - i) l_i / (1 - β^t)`; training stops when the smoothed loss is over four times
//! its least value; and the suggestion is the rate at which the smoothed loss falls steepest over the logarithm of the rate. The
//! first tenth of the updates, whose means are of few losses, and the last five count for nothing in that.

/// The weight of the earlier losses.
const BETA: f64 = 0.98;
/// The multiple of the least smoothed loss over which training stops.
const DIVERGED: f64 = 4.0;
/// The last updates, which do not count for the suggestion.
const LAST: usize = 5;

/// One update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatePoint {
    /// The learning rate of the update.
    pub learning_rate: f64,
    /// The loss of its batch, before the update.
    pub loss: f64,
    /// The mean of the losses so far, the last of them weighted most.
    pub smoothed: f64,
}

/// The losses so far.
#[derive(Clone, Debug, Default)]
pub struct RateCurve {
    points: Vec<RatePoint>,
    /// The weighted sum of the losses, without the correction of the start.
    sum: f64,
    least: Option<f64>,
    diverged: bool,
}

impl RateCurve {
    /// Adds the loss of an update, unless the curve has ended. A loss that is not finite ends it and is no point of it.
    pub fn push(&mut self, learning_rate: f64, loss: f64) {
        if self.diverged || !loss.is_finite() {
            self.diverged = true;
            return;
        }
        self.sum = BETA * self.sum + (1.0 - BETA) * loss;
        let smoothed = self.sum / (1.0 - BETA.powf(self.points.len() as f64 + 1.0));
        let least = self.least.map_or(smoothed, |least| least.min(smoothed));
        self.least = Some(least);
        self.points.push(RatePoint { learning_rate, loss, smoothed });
        self.diverged = smoothed > DIVERGED * least;
    }

    /// The updates so far.
    pub fn points(&self) -> &[RatePoint] {
        &self.points
    }

    /// Whether the loss was not finite, or its smoothed value over four times the least one.
    pub fn has_diverged(&self) -> bool {
        self.diverged
    }

    /// The rate from which to the next the smoothed loss falls steepest, where so many updates were planned; `None` if it never
    /// falls.
    pub fn suggestion(&self, updates: usize) -> Option<f64> {
        let counted = self.points.get(updates / 10..self.points.len().saturating_sub(LAST));
        let counted = counted.filter(|points| points.len() > 1).unwrap_or(&self.points);
        let slopes = counted.windows(2).map(|pair| {
            let rise = pair[1].smoothed - pair[0].smoothed;
            (pair[0].learning_rate, rise / (pair[1].learning_rate.ln() - pair[0].learning_rate.ln()))
        });
        let steepest =
            slopes.filter(|(_, slope)| *slope < 0.0).min_by(|left, right| left.1.total_cmp(&right.1));
        steepest.map(|(rate, _)| rate)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::path::Path;

    /// Values from `tests/golden/find_rate.py`.
    #[derive(Deserialize)]
    struct Golden {
        cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        updates: usize,
        rates: Vec<f64>,
        losses: Vec<f64>,
        smoothed: Vec<f64>,
        suggestion: f64,
    }

    #[test]
    fn smoothed_losses_and_suggestion_equal_those_of_fastai() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/find_rate.json");
        let golden: Golden = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(golden.cases.len(), 3);
        for Case { updates, rates, losses, smoothed, suggestion } in golden.cases {
            let mut curve = RateCurve::default();
            rates.iter().zip(losses).for_each(|(rate, loss)| curve.push(*rate, loss));
            let found = curve.points().iter().map(|point| point.smoothed);
            assert_eq!(curve.points().len(), smoothed.len());
            assert!(found.zip(&smoothed).all(|(found, wanted)| (found - wanted).abs() < 1e-12 * wanted));
            assert_eq!(curve.suggestion(updates), Some(suggestion));
            // The script leaves out what comes after the stop.
            assert_eq!(curve.has_diverged(), smoothed.len() == 38);
        }
    }

    #[test]
    fn a_loss_that_is_not_finite_ends_the_curve() {
        let mut curve = RateCurve::default();
        for (rate, loss) in [(0.1, 1.0), (0.2, 1.5), (0.4, f64::NAN), (0.8, 0.1)] {
            curve.push(rate, loss);
        }
        assert_eq!((curve.points().len(), curve.has_diverged(), curve.suggestion(4)), (2, true, None));
    }
}
