//! An axis of a chart, linear or logarithmic, with round numbers beside it.

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use std::ops::Range;

/// Values farther from 0 have no place on an axis, so that no difference overflows.
const LARGEST: f64 = 1e300;
/// Values nearer to 0 count as 0.
const SMALLEST: f64 = 1e-300;
/// The shortest axis, as a share of its values: four digits tell its ends apart.
const SHORTEST: f64 = 1e-6;

/// The share of a step by which a number may lie outside the axis, for the rounding of its ends.
const TOLERANCE: f64 = 1e-9;
/// Lengths of the axis beyond which nothing is drawn.
const OUTSIDE: f64 = 10.0;

/// How values are spread along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences are equally long.
    Linear,
    /// Equal ratios are equally long.
    Log,
}

/// The values of an axis; those of a logarithmic one are above 0.
#[derive(Clone, Debug)]
pub struct Axis {
    range: Range<f64>,
    scale: Scale,
}

impl Axis {
    /// From the smallest to the largest value that has a place on it, and a little room; nothing where there is none.
    pub fn around(values: impl Iterator<Item = f64>, scale: Scale) -> Option<Self> {
        let position = |value: f64| match scale {
            Scale::Log => value.ln(),
            Scale::Linear if value.abs() < SMALLEST => 0.0,
            Scale::Linear => value,
        };
        let (low, high) = values
            .filter(|value| has_place(*value, scale))
            .map(position)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        // Differences of logarithms are relative already.
        let size = if scale == Scale::Log { 1.0 } else { low.abs().max(high.abs()) };
        let alone = if size == 0.0 { 0.5 } else { 0.5 * size };
        let room = if high - low > SHORTEST * size { 0.05 * (high - low) } else { alone };
        let (from, to) = (low - room, high + room);
        let range = match scale {
            // The room of the largest values would overflow.
            Scale::Log => from.exp().max(0.1 * SMALLEST)..to.exp().min(10.0 * LARGEST),
            Scale::Linear => from..to,
        };
        (low <= high).then_some(Self { range, scale })
    }

    /// Whether a value can be drawn: all but those that are not finite or absurdly large and, on a logarithmic axis,
    /// those that are not above 0.
    pub fn shows(&self, value: f64) -> bool {
        has_place(value, self.scale)
    }

    /// A linear axis over a range.
    pub fn linear(range: Range<f64>) -> Self {
        Self { range, scale: Scale::Linear }
    }

    /// Where a value is, from 0 at the beginning to 1 at the end.
    fn share(&self, value: f64) -> f64 {
        let Range { start, end } = self.range;
        match self.scale {
            Scale::Linear => (value - start) / (end - start),
            // Logarithms of ratios would overflow.
            Scale::Log => (value.ln() - start.ln()) / (end.ln() - start.ln()),
        }
    }

    /// At most so many round numbers, those of a logarithmic axis 1 to 9 times a power of ten, or 1, 2 and 5
    /// times, or the powers alone, or some of them.
    fn round_numbers(&self, most: usize) -> Vec<f64> {
        let Range { start, end } = self.range;
        if self.scale == Scale::Log {
            let (first, last) = (start.log10().floor() as i32, end.log10().ceil() as i32);
            let multiples: [&[f64]; 3] =
                [&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], &[1.0, 2.0, 5.0], &[1.0]];
            let strides = [2, 5, 10, 20, 50, 100, 200].map(|stride| (&[1.0][..], stride));
            for (factors, stride) in multiples.map(|factors| (factors, 1)).into_iter().chain(strides) {
                let numbers = (first..=last)
                    .filter(|power| power % stride == 0)
                    .flat_map(|power| factors.iter().map(move |f| times_power_of_ten(*f, power)));
                let numbers: Vec<f64> = numbers.filter(|number| (start..=end).contains(number)).collect();
                if (3..=most).contains(&numbers.len()) {
                    return numbers;
                }
            }
        }
        linear_numbers(start, end, most)
    }
}

/// At most so many multiples of the smallest step that is 1, 2 or 5 times a power of ten and leaves no more.
fn linear_numbers(start: f64, end: f64, most: usize) -> Vec<f64> {
    let length = end - start;
    if most == 0 || !length.is_finite() || length <= 0.0 {
        return Vec::new();
    }
    let power = (length / most as f64).log10().floor() as i32;
    for (factor, power) in (power..=power + 2).flat_map(|power| [1.0, 2.0, 5.0].map(|factor| (factor, power)))
    {
        let step = times_power_of_ten(factor, power);
        let (first, last) = ((start / step - TOLERANCE).ceil(), (end / step + TOLERANCE).floor());
        // Steps that are lost in the rounding of the values are none.
        if step.is_nan() || step <= 0.0 || !(last - first).is_finite() || last.abs().max(first.abs()) > 1e12 {
            continue;
        }
        let n = (last - first + 1.0) as usize;
        if n <= most {
            return (0..n).map(|index| multiple(first + index as f64, factor, power)).collect();
        }
    }
    Vec::new()
}

/// A whole multiple of a step, rounded once.
fn multiple(index: f64, factor: f64, power: i32) -> f64 {
    let number = times_power_of_ten(index * factor, power);
    // No tick is called −0.
    if number == 0.0 { 0.0 } else { number }
}

fn has_place(value: f64, scale: Scale) -> bool {
    match scale {
        Scale::Linear => value.abs() <= LARGEST,
        Scale::Log => (SMALLEST..=LARGEST).contains(&value),
    }
}

/// A number times a power of ten, rounded once.
fn times_power_of_ten(number: f64, power: i32) -> f64 {
    // Powers beyond 10²² are no doubles; reading them as text rounds only once.
    format!("{number}e{power}").parse().unwrap_or(f64::NAN)
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        // Far outside, one place is as good as another; a number that is none is there too.
        let share = self.share(*value);
        let share = if share.is_nan() { -OUTSIDE } else { share.clamp(-OUTSIDE, OUTSIDE) };
        (f64::from(from) + share * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        self.round_numbers(hint.max_num_points())
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

/// A number with at most four digits that count, as in `0.05`, `2.303`, `5000` or `1e-6`.
pub fn short(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        return "0".to_owned();
    }
    if !(1e-3..1e6).contains(&size) {
        let text = format!("{value:.1e}");
        return text.replace(".0e", "e");
    }
    let decimals = (3 - size.log10().floor() as i32).clamp(0, 6) as usize;
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_round() {
        let values = [0.0, 0.05, 0.30000000000000004, 2.4026, 5000.0, 120000.0, 1e-6, -0.25, 3e7];
        let wanted = ["0", "0.05", "0.3", "2.403", "5000", "120000", "1e-6", "-0.25", "3e7"];
        assert_eq!(values.map(short), wanted);
    }

    #[test]
    fn a_logarithmic_axis_makes_equal_ratios_equally_long() {
        let axis = Axis::around([0.01, 100.0, 0.0, f64::NAN].into_iter(), Scale::Log).unwrap();
        let places = [0.01, 0.1, 1.0, 10.0, 100.0].map(|value| axis.map(&value, (0, 1000)));
        for pair in places.windows(2) {
            assert!((pair[1] - pair[0] - 227).abs() <= 1, "{places:?}");
        }
        assert_eq!(axis.round_numbers(8), [0.01, 0.1, 1.0, 10.0, 100.0]);
        assert_eq!(
            Axis { range: 0.45..1.2, scale: Scale::Log }.round_numbers(10),
            [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
        );
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
                    let numbers = axis.round_numbers(most);
                    assert!(numbers.len() <= most.max(3), "{left} to {right}: {numbers:?}");
                    let near = 1e-9 * (range.end - range.start);
                    let inside = |number: &f64| *number >= range.start - near && *number <= range.end + near;
                    assert!(numbers.iter().all(inside), "{left} to {right}: {numbers:?}");
                }
                assert!(axis.round_numbers(10).len() >= 2, "{left} to {right} on {scale:?}");
                for value in values.into_iter().filter(|value| axis.shows(*value)) {
                    let place = axis.map(&value, (80, 950));
                    assert!((-10_000..=10_000).contains(&place));
                    let inside = value == left || value == right;
                    assert!(!inside || (80..=950).contains(&place), "{value} of {left}, {right} at {place}");
                }
            }
        }
    }

    /// matplotlib's MaxNLocator(10, steps=[1, 2, 5, 10]) has the same numbers.
    #[test]
    fn linear_numbers_are_those_of_matplotlib() {
        assert_eq!(linear_numbers(-0.35, 2.45, 10), [0.0, 0.5, 1.0, 1.5, 2.0]);
        assert_eq!(linear_numbers(0.0, 1.0, 11), [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]);
        assert_eq!(linear_numbers(-2e38, 1e38, 5), [-2e38, -1e38, 0.0, 1e38]);
    }

    #[test]
    fn a_range_without_a_power_of_ten_has_numbers_too() {
        assert!(Axis { range: 0.52..0.58, scale: Scale::Log }.round_numbers(10).len() >= 3);
        assert!(Axis::around([].into_iter(), Scale::Linear).is_none());
        assert!(Axis::around([-1.0].into_iter(), Scale::Log).is_none());
    }
}
