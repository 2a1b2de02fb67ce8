//! How exact a share of samples is.

/// Standard errors that hold 95 % of a normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// The 95 % confidence interval of a share that was observed in `n` samples (E. B. Wilson, 1927).
pub fn interval(share: f64, n: usize) -> [f64; 2] {
    let n = n.max(1) as f64;
    let denominator = 1.0 + Z * Z / n;
    let centre = (share + Z * Z / (2.0 * n)) / denominator;
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt() / denominator;
    [(centre - half).max(0.0), (centre + half).min(1.0)]
}

/// Whether two shares of `n` samples each differ by no more than chance would make them in 95 of 100 cases: the test of two
/// proportions with their common share.
pub fn may_be_chance(one: f64, other: f64, n: usize) -> bool {
    let common = (one + other) / 2.0;
    let error = (2.0 * common * (1.0 - common) / n.max(1) as f64).sqrt();
    (one - other).abs() <= Z * error
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.binomtest(33, 40).proportion_ci(method="wilson")`, and of 0 of 10.
    #[test]
    fn intervals_are_those_of_scipy() {
        for (share, n, expected) in [
            (33.0 / 40.0, 40, [0.680_500_096_682_122_9, 0.912_545_862_564_039_9]),
            (0.0, 10, [0.0, 0.277_532_799_862_889_3]),
        ] {
            let found = interval(share, n);
            assert!(
                found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-9),
                "{found:?}"
            );
        }
    }

    /// With `z = (a - b) / sqrt(2 p (1 - p) / n)`, `2 * scipy.stats.norm.sf(z)` is 0.41 and 0.0042.
    #[test]
    fn small_differences_of_few_samples_may_be_chance() {
        assert!(may_be_chance(33.0 / 40.0, 30.0 / 40.0, 40));
        assert!(!may_be_chance(3300.0 / 4000.0, 3200.0 / 4000.0, 4000));
        assert!(may_be_chance(1.0, 1.0, 10));
    }
}
