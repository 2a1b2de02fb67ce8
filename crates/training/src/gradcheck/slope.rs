//! The slope of a function of one variable at 0, from function values alone.
//!
//! Central differences `D(h) = (f(h) - f(-h)) / 2h` on steps that halve each time, extrapolated to `h = 0`
//! (L. F. Richardson, "The Deferred Approach to the Limit", 1927): `R(h) = (4 D(h/2) - D(h)) / 3` has an error of
//! `O(h⁴)`. Two bounds come with the slope. The truncation error is at most twice what two extrapolations differ by.
//! With values that are good to `ε` the rounding error is at most `3/2 ε / h`, `h` being the smallest step, so that steps
//! stop halving where it becomes the larger of the two.
//!
//! Steps that reach a kink are left out. Where all do, however small, the function has a kink at 0, and no slope.

/// The largest step, as a power of two.
const FIRST_STEP: i32 = -7;
/// The smallest step, however large the slope.
const LAST_STEP: i32 = -40;
/// Below this step a slope is only worth looking for where rounding leaves something of it.
const SMALL_STEP: i32 = -24;
/// A slope is good enough where its error is this share of the tolerance.
const GOOD_ENOUGH: f64 = 0.1;

/// A slope with a bound of its error.
#[derive(Clone, Copy, Debug)]
pub struct Slope {
    /// The slope.
    pub value: f64,
    /// The largest error that truncation and rounding may have left.
    pub error: f64,
}

/// The function values around 0.
pub struct Line<F> {
    /// `f(h)`, or nothing where a kink lies between 0 and `h`, or at 0.
    pub value: F,
    /// `f(0)`.
    pub origin: f64,
    /// The largest error of each value.
    pub noise: f64,
}

/// A pair of values at one step.
#[derive(Clone, Copy)]
struct Difference {
    /// `D(h)`.
    central: f64,
    /// What the slopes to the right and to the left differ by.
    gap: f64,
}

impl<F: FnMut(f64) -> Option<f64>> Line<F> {
    /// The slope at 0, to a relative error of `tolerance` where rounding allows it; nothing where every step reaches a
    /// kink. `expected` is the size of the slope, which says how small a step is worth trying.
    pub fn slope(&mut self, tolerance: f64, expected: f64) -> Option<Slope> {
        let mut differences: Vec<Difference> = Vec::new();
        let mut best: Option<Slope> = None;
        let mut last: Option<Slope> = None;
        let mut exponent = FIRST_STEP;
        while exponent >= LAST_STEP {
            let step = f64::from(exponent).exp2();
            let rounding = 1.5 * self.noise / step;
            let Some(difference) = self.difference(step) else {
                if exponent <= SMALL_STEP && rounding > tolerance * expected {
                    break;
                }
                differences.clear();
                exponent -= 2;
                continue;
            };
            differences.push(difference);
            exponent -= 1;
            let [.., widest, coarse, middle, fine] = differences[..] else { continue };
            let (slope, truncation) = extrapolate([widest, coarse, middle, fine]);
            let error = truncation + rounding;
            if !converges(coarse, middle, fine, rounding) {
                // Until the function looks smooth, what one-sided slopes differ by is the only bound.
                last = Some(Slope { value: slope, error: error + fine.gap.abs() });
                continue;
            }
            if best.is_none_or(|best| error < best.error) {
                best = Some(Slope { value: slope, error });
            }
            if error <= GOOD_ENOUGH * tolerance * slope.abs() || truncation <= rounding {
                break;
            }
        }
        best.or(last)
    }

    fn difference(&mut self, step: f64) -> Option<Difference> {
        let up = (self.value)(step)?;
        let down = (self.value)(-step)?;
        let gap = (up - self.origin + (down - self.origin)) / step;
        Some(Difference { central: (up - down) / (2.0 * step), gap })
    }
}

/// The best of three extrapolations, and a bound of its truncation error: twice what the last two differ by, or a share of
/// what those before differ by, so that two do not agree by chance.
fn extrapolate(differences: [Difference; 4]) -> (f64, f64) {
    let [widest, coarse, middle, fine] = differences.map(|difference| difference.central);
    let richardson = |wide: f64, narrow: f64| (4.0 * narrow - wide) / 3.0;
    let slopes = [richardson(widest, coarse), richardson(coarse, middle), richardson(middle, fine)];
    let [before, after] = [slopes[1] - slopes[0], slopes[2] - slopes[1]].map(f64::abs);
    // Each halving makes their differences 16 times smaller.
    (slopes[2], 2.0 * after.max(before / 32.0))
}

/// Whether differences behave as those of a smooth function on small steps: central ones come nearer to each other by a
/// factor of 4, one-sided ones by a factor of 2, both up to rounding.
fn converges(coarse: Difference, middle: Difference, fine: Difference, rounding: f64) -> bool {
    let [before, after] = [(coarse, middle), (middle, fine)].map(|(a, b)| (b.central - a.central).abs());
    after <= before / 2.0 + rounding && fine.gap.abs() <= 0.75 * middle.gap.abs() + 4.0 * rounding
}

/// The standard deviation of the errors in a smooth function's values at points side by side: third differences, which
/// hardly see the function, have 20 times the variance of the values (J. J. Moré and S. M. Wild, "Estimating
/// Computational Noise", 2011).
pub fn noise(values: &[f64]) -> f64 {
    let differences = values.windows(4).map(|four| four[3] - 3.0 * four[2] + 3.0 * four[1] - four[0]);
    let n = values.len().saturating_sub(3).max(1) as f64;
    (differences.map(|difference| difference * difference).sum::<f64>() / (20.0 * n)).sqrt()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use emberlab_data::RandomState;

    const NOISE: f64 = 4.0 * f64::EPSILON;

    fn slope(value: impl FnMut(f64) -> Option<f64>, origin: f64, expected: f64) -> Option<Slope> {
        Line { value, origin, noise: NOISE * origin.abs().max(1.0) }.slope(1e-5, expected)
    }

    #[track_caller]
    fn assert_slope(found: Option<Slope>, wanted: f64) {
        let found = found.unwrap();
        let distance = (found.value - wanted).abs();
        assert!(distance <= found.error && found.error <= 1e-6 * wanted.abs(), "{found:?} for {wanted}");
    }

    #[test]
    fn slopes_of_smooth_functions_are_within_their_error() {
        for scale in [1e-3, 1.0, 1e3, 1e6] {
            assert_slope(slope(|h| Some((1.0 + scale * h).exp()), 1f64.exp(), 1.0), scale * 1f64.exp());
            let angle = 0.4f64;
            assert_slope(slope(|h| Some((angle + scale * h).sin()), angle.sin(), 1.0), scale * angle.cos());
        }
    }

    /// With steps much wider than its bend, softplus looks like two straight lines.
    #[test]
    fn a_sharp_bend_is_not_taken_for_a_straight_line() {
        for sharpness in [1e3, 1e6, 1e9] {
            let softplus = |z: f64| z.max(0.0) + (-z.abs()).exp().ln_1p();
            let wanted = sharpness / (1.0 + 1f64.exp());
            assert_slope(slope(|h| Some(softplus(sharpness * h - 1.0)), softplus(-1.0), wanted), wanted);
        }
    }

    #[test]
    fn steps_that_reach_a_kink_are_left_out() {
        // The kink lies at 1e-5.
        let value = |h: f64| (h < 1e-5).then_some(1.0 + 3.0 * h + h * h);
        assert_slope(slope(value, 1.0, 3.0), 3.0);
        assert!(slope(|h: f64| (h <= 0.0).then_some(1.0), 1.0, 3.0).is_none());
    }

    /// As at a kink that nobody reports.
    #[test]
    fn half_a_slope_is_not_exact() {
        let found = slope(|h: f64| Some(1.0 + h.max(0.0)), 1.0, 1.0).unwrap();
        assert!((found.value - 0.5).abs() < 1e-6 && found.error >= 0.5, "{found:?}");
    }

    #[test]
    fn a_function_that_does_not_change_has_no_slope() {
        let found = slope(|_| Some(2.0), 2.0, 0.0).unwrap();
        assert!(found.value == 0.0 && found.error < 1e-11, "{found:?}");
    }

    #[test]
    fn noise_is_found_under_a_slope() {
        let mut random = RandomState::new(1);
        for deviation in [1e-15, 1e-9] {
            let values: Vec<f64> = (0..40)
                .map(|point| 0.5 + 1e-8 * f64::from(point) + deviation * random.standard_normal())
                .collect();
            let found = noise(&values) / deviation;
            assert!((0.5..2.0).contains(&found), "{found}");
        }
    }
}
