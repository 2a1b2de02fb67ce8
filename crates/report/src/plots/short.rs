//! Numbers in few digits.

/// A number with at most four significant digits, as in `0.05`, `2.303`, `5000` or `1e-6`.
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
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
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
}
