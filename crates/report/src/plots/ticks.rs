//! Round values for the ticks of an axis.

/// The share of a step by which a tick may lie outside the axis, because its ends are rounded.
const TOLERANCE: f64 = 1e-9;

/// The factors of a power of ten that are ticks of a logarithmic axis, the densest first.
const FACTORS: [&[f64]; 3] = [&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], &[1.0, 2.0, 5.0], &[1.0]];
/// The strides of powers of ten that are ticks of a longer logarithmic axis.
const STRIDES: [i32; 7] = [2, 5, 10, 20, 50, 100, 200];

/// Three to `most` round values from `start` to `end`: 1 to 9, or 1, 2 and 5 times a power of ten, or every n-th power of ten.
/// If none of these gives three, returns [`linear_ticks`].
pub fn logarithmic_ticks(start: f64, end: f64, most: usize) -> Vec<f64> {
    let (first, last) = (start.log10().floor() as i32, end.log10().ceil() as i32);
    let powers = STRIDES.map(|stride| (&[1.0][..], stride));
    for (factors, stride) in FACTORS.map(|factors| (factors, 1)).into_iter().chain(powers) {
        let ticks = (first..=last)
            .filter(|power| power % stride == 0)
            .flat_map(|power| factors.iter().map(move |factor| times_power_of_ten(*factor, power)));
        let ticks: Vec<f64> = ticks.filter(|tick| (start..=end).contains(tick)).collect();
        if (3..=most).contains(&ticks.len()) {
            return ticks;
        }
    }
    linear_ticks(start, end, most)
}

/// The multiples of the smallest step of 1, 2 or 5 times a power of ten that gives at most `most` values.
pub fn linear_ticks(start: f64, end: f64, most: usize) -> Vec<f64> {
    let length = end - start;
    if most == 0 || !length.is_finite() || length <= 0.0 {
        return Vec::new();
    }
    let power = (length / most as f64).log10().floor() as i32;
    for (factor, power) in (power..=power + 2).flat_map(|power| [1.0, 2.0, 5.0].map(|factor| (factor, power)))
    {
        let step = times_power_of_ten(factor, power);
        let (first, last) = ((start / step - TOLERANCE).ceil(), (end / step + TOLERANCE).floor());
        // Skips steps that are smaller than the rounding of the values.
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

/// `index` times the step `factor · 10^power`, rounded once.
fn multiple(index: f64, factor: f64, power: i32) -> f64 {
    let number = times_power_of_ten(index * factor, power);
    // Prevents the label `-0`.
    if number == 0.0 { 0.0 } else { number }
}

/// `number · 10^power`, rounded once.
fn times_power_of_ten(number: f64, power: i32) -> f64 {
    // Powers above 10²² are not exact as `f64`. Parsing text rounds only once.
    format!("{number}e{power}").parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// matplotlib's MaxNLocator(10, steps=[1, 2, 5, 10]) has the same numbers.
    #[test]
    fn linear_ticks_are_those_of_matplotlib() {
        assert_eq!(linear_ticks(-0.35, 2.45, 10), [0.0, 0.5, 1.0, 1.5, 2.0]);
        assert_eq!(linear_ticks(0.0, 1.0, 11), [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]);
        assert_eq!(linear_ticks(-2e38, 1e38, 5), [-2e38, -1e38, 0.0, 1e38]);
    }

    #[test]
    fn a_logarithmic_range_without_a_power_of_ten_has_ticks() {
        assert_eq!(logarithmic_ticks(0.45, 1.2, 10), [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]);
        assert!(logarithmic_ticks(0.52, 0.58, 10).len() >= 3);
    }
}
