//! The axis of a chart, linear or logarithmic.

use super::short::{short, short_beside};
use super::ticks::{linear_ticks, logarithmic_ticks};
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use std::ops::Range;

/// The largest absolute value on an axis. Differences of larger ones would overflow.
const LARGEST: f64 = 1e300;
/// The smallest absolute value on an axis. A linear axis takes smaller ones for 0.
const SMALLEST: f64 = 1e-300;
/// The shortest axis relative to its values.
const SHORTEST: f64 = 1e-6;

/// The distance from the axis, in its lengths, to which points outside are clamped.
const OUTSIDE: f64 = 10.0;

/// The scale of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences are equally long.
    Linear,
    /// Equal ratios are equally long.
    Log,
}

/// An axis from the lowest to the highest value, which are above 0 on a logarithmic scale.
#[derive(Clone, Debug)]
pub struct Axis {
    range: Range<f64>,
    scale: Scale,
}

impl Axis {
    /// An axis around the values that it shows, see [`Self::shows`], with a margin of 5 % on each side; `None` if there is none.
    pub fn around(values: impl Iterator<Item = f64>, scale: Scale) -> Option<Self> {
        let position = |value: f64| match scale {
            Scale::Log => value.ln(),
            Scale::Linear if value.abs() < SMALLEST => 0.0,
            Scale::Linear => value,
        };
        let (low, high) = values
            .filter(|value| is_drawable(*value, scale))
            .map(position)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        // Differences of logarithms are relative already.
        let size = if scale == Scale::Log { 1.0 } else { low.abs().max(high.abs()) };
        let alone = if size == 0.0 { 0.5 } else { 0.5 * size };
        let margin = if high - low > SHORTEST * size { 0.05 * (high - low) } else { alone };
        let (from, to) = (low - margin, high + margin);
        let range = match scale {
            // A margin at the largest values would overflow.
            Scale::Log => from.exp().max(0.1 * SMALLEST)..to.exp().min(10.0 * LARGEST),
            Scale::Linear => from..to,
        };
        (low <= high).then_some(Self { range, scale })
    }

    /// Whether a value can be drawn: it is finite, its absolute value is at most 1e300 and, on a logarithmic axis, it is at
    /// least 1e-300.
    pub fn shows(&self, value: f64) -> bool {
        is_drawable(value, self.scale)
    }

    /// A linear axis over a range.
    pub fn linear(range: Range<f64>) -> Self {
        Self { range, scale: Scale::Linear }
    }

    /// At most `most` round values.
    pub fn ticks(&self, most: usize) -> Vec<f64> {
        let Range { start, end } = self.range;
        match self.scale {
            Scale::Linear => linear_ticks(start, end, most),
            Scale::Log => logarithmic_ticks(start, end, most),
        }
    }

    /// A value in as many digits as tell it from the other ticks.
    pub fn label(&self, value: f64) -> String {
        const MOST_TICKS: f64 = 20.0;
        short_beside(value, (self.range.end - self.range.start) / MOST_TICKS)
    }

    /// The position of a value, from 0 at the beginning to 1 at the end.
    pub fn share(&self, value: f64) -> f64 {
        let Range { start, end } = self.range;
        match self.scale {
            Scale::Linear => (value - start) / (end - start),
            // The ratio of two values may overflow.
            Scale::Log => (value.ln() - start.ln()) / (end.ln() - start.ln()),
        }
    }
}

fn is_drawable(value: f64, scale: Scale) -> bool {
    match scale {
        Scale::Linear => value.abs() <= LARGEST,
        Scale::Log => (SMALLEST..=LARGEST).contains(&value),
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        // Clamps points far outside. NaN is outside too.
        let share = self.share(*value);
        let share = if share.is_nan() { -OUTSIDE } else { share.clamp(-OUTSIDE, OUTSIDE) };
        (f64::from(from) + share * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        self.ticks(hint.max_num_points())
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl ValueFormatter<f64> for Axis {
    fn format(value: &f64) -> String {
        short(*value)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_logarithmic_axis_makes_equal_ratios_equally_long() {
        let axis = Axis::around([0.01, 100.0, 0.0, f64::NAN].into_iter(), Scale::Log).unwrap();
        let pixels = [0.01, 0.1, 1.0, 10.0, 100.0].map(|value| axis.map(&value, (0, 1000)));
        for pair in pixels.windows(2) {
            assert!((pair[1] - pair[0] - 227).abs() <= 1, "{pixels:?}");
        }
        assert_eq!(axis.ticks(8), [0.01, 0.1, 1.0, 10.0, 100.0]);
    }

    #[test]
    fn any_finite_values_make_an_axis_at_once() {
        let values = [
            -1e308,
            -1e300,
            -1e38,
            -1.0,
            -1e-45,
            -1e-309,
            -0.0,
            0.0,
            5e-324,
            1e-309,
            1e-300,
            1e-45,
            0.1,
            1.0,
            1.0 + f64::EPSILON,
            1e15,
            1e38,
            3.4e38,
            1e299,
            1e300,
            1e308,
            f64::MAX,
            f64::NAN,
            f64::INFINITY,
        ];
        for (left, right) in values.iter().flat_map(|left| values.iter().map(move |right| (*left, *right))) {
            for scale in [Scale::Linear, Scale::Log] {
                let Some(axis) = Axis::around([left, right].into_iter(), scale) else { continue };
                let range = axis.range();
                assert!(range.start < range.end && (range.end - range.start).is_finite(), "{left} {right}");
                for most in [1, 3, 10] {
                    let numbers = axis.ticks(most);
                    assert!(numbers.len() <= most.max(3), "{left} to {right}: {numbers:?}");
                    let near = 1e-9 * (range.end - range.start);
                    let inside = |number: &f64| *number >= range.start - near && *number <= range.end + near;
                    assert!(numbers.iter().all(inside), "{left} to {right}: {numbers:?}");
                }
                assert!(axis.ticks(10).len() >= 2, "{left} to {right} on {scale:?}");
                for value in values.into_iter().filter(|value| axis.shows(*value)) {
                    let pixel = axis.map(&value, (80, 950));
                    assert!((-10_000..=10_000).contains(&pixel));
                    let inside = value == left || value == right;
                    assert!(!inside || (80..=950).contains(&pixel), "{value} of {left}, {right} at {pixel}");
                }
            }
        }
    }

    #[test]
    fn an_axis_needs_a_value_in_range() {
        assert!(Axis::around([].into_iter(), Scale::Linear).is_none());
        assert!(Axis::around([-1.0].into_iter(), Scale::Log).is_none());
    }
}
