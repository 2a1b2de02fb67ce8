//! An axis of a chart, linear or logarithmic, with round numbers beside it.

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::coord::types::RangedCoordf64;
use std::ops::Range;

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
    /// From the smallest to the largest finite value and a little room; nothing where there is none. A logarithmic
    /// axis has no place for values that are not above 0.
    pub fn around(values: impl Iterator<Item = f64>, scale: Scale) -> Option<Self> {
        let on_axis = |value: &f64| value.is_finite() && (scale == Scale::Linear || *value > 0.0);
        let position = |value: f64| if scale == Scale::Log { value.ln() } else { value };
        let (low, high) = values
            .filter(on_axis)
            .map(position)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let alone = if low == 0.0 || scale == Scale::Log { 0.5 } else { 0.5 * low.abs() };
        let room = if high > low { 0.05 * (high - low) } else { alone };
        let (from, to) = (low - room, high + room);
        let range = if scale == Scale::Log { from.exp()..to.exp() } else { from..to };
        (low <= high).then_some(Self { range, scale })
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
            Scale::Log => (value / start).ln() / (end / start).ln(),
        }
    }

    /// At most so many round numbers, those of a logarithmic axis 1 to 9 times a power of ten, or 1, 2 and 5
    /// times, or the powers alone.
    fn round_numbers(&self, most: usize) -> Vec<f64> {
        let Range { start, end } = self.range;
        if self.scale == Scale::Log {
            let (first, last) = (start.log10().floor() as i32, end.log10().ceil() as i32);
            let multiples: [&[f64]; 3] =
                [&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], &[1.0, 2.0, 5.0], &[1.0]];
            for factors in multiples {
                let numbers = (first..=last)
                    .flat_map(|power| factors.iter().map(move |f| times_power_of_ten(*f, power)));
                let numbers: Vec<f64> = numbers.filter(|number| (start..=end).contains(number)).collect();
                if (3..=most).contains(&numbers.len()) {
                    return numbers;
                }
            }
        }
        let next_to_nothing = 1e-9 * (end - start);
        let numbers = RangedCoordf64::from(self.range.clone()).key_points(most).into_iter();
        numbers.map(|number| if number.abs() < next_to_nothing { 0.0 } else { number }).collect()
    }
}

/// A number times a power of ten, rounded once.
fn times_power_of_ten(number: f64, power: i32) -> f64 {
    if power < 0 { number / 10f64.powi(-power) } else { number * 10f64.powi(power) }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let place = f64::from(from) + self.share(*value) * f64::from(to - from);
        // What is no number is drawn nowhere near.
        if place.is_finite() { place.round() as i32 } else { i32::MIN / 4 }
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
    fn a_range_without_a_power_of_ten_has_numbers_too() {
        assert!(Axis { range: 0.52..0.58, scale: Scale::Log }.round_numbers(10).len() >= 3);
        assert!(Axis::around([].into_iter(), Scale::Linear).is_none());
        assert!(Axis::around([-1.0].into_iter(), Scale::Log).is_none());
    }
}
