//! Numbers in few digits.

/// The most digits of a number that double precision tells from its neighbours.
const MAX_DIGITS: i32 = 15;

/// A number with at most four significant digits, as in `0.05`, `2.303`, `5000` or `1e-6`.
pub fn short(value: f64) -> String {
    with_digits(value, 0)
}

/// The same, with more digits where numbers so far apart have the same four.
pub fn short_beside(value: f64, distance: f64) -> String {
    let digits = 1.0 + value.abs().log10().floor() - distance.log10().floor();
    with_digits(value, if digits.is_finite() { digits as i32 } else { 0 })
}

/// A number with at least so many significant digits, but no zeros at their end.
fn with_digits(value: f64, least: i32) -> String {
    let size = value.abs();
    if value == 0.0 {
        return "0".to_owned();
    }
    let trimmed = |text: &str| text.trim_end_matches('0').trim_end_matches('.').to_owned();
    if !(1e-3..1e6).contains(&size) {
        let decimals = (least - 1).clamp(1, MAX_DIGITS - 1) as usize;
        let text = format!("{value:.decimals$e}");
        let (number, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", trimmed(number));
    }
    let last = least.clamp(4, MAX_DIGITS) - 1;
    let decimals = (last - size.log10().floor() as i32).clamp(0, MAX_DIGITS) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { trimmed(&text) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_round() {
        let values = [0.0, 0.05, 0.30000000000000004, 2.4026, 5000.0, 120000.0, 1e-6, -0.25, 3e7];
        let wanted = ["0", "0.05", "0.3", "2.403", "5000", "120000", "1e-6", "-0.25", "3e7"];
        assert_eq!(values.map(short), wanted);
    }

    #[test]
    fn numbers_beside_each_other_are_told_apart() {
        let ticks = [0.61314, 0.61315, 0.61316, 0.7].map(|tick| short_beside(tick, 1e-5));
        assert_eq!(ticks, ["0.61314", "0.61315", "0.61316", "0.7"]);
        let seconds = [1.7e9, 1.7001e9, 1.7002e9].map(|tick| short_beside(tick, 1e5));
        assert_eq!(seconds, ["1.7e9", "1.7001e9", "1.7002e9"]);
        assert_eq!([0.1 + 0.2, 0.0, 5000.0].map(|tick| short_beside(tick, 0.1)), ["0.3", "0", "5000"]);
    }
}
