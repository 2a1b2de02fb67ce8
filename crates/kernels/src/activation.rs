//! Activation functions and their derivatives.

use crate::elementwise::{change, change_by, map};
use std::f32::consts::{FRAC_1_SQRT_2, LN_2, LOG2_E};

/// Replaces `z` by `max(0, z)`; a value that is no number stays one.
pub fn relu(z: &mut [f32]) {
    change(
        z,
        #[inline(always)]
        |z| if z <= 0.0 { 0.0 } else { z },
    );
}

/// Replaces `∂J/∂a` by `∂J/∂z`, where `a = max(0, z)`: by 0 where `a` is 0 or below.
///
/// # Panics
///
/// When the slices have not the same length.
pub fn relu_gradient(a: &[f32], grad: &mut [f32]) {
    change_by(
        grad,
        a,
        #[inline(always)]
        |grad, a| if a <= 0.0 { 0.0 } else { grad },
    );
}

/// `z Φ(z)` with the distribution function `Φ` of the standard normal distribution.
pub fn gelu(z: &[f32]) -> Vec<f32> {
    map(
        z,
        #[inline(always)]
        |z| z * normal(z).0,
    )
}

/// Replaces `∂J/∂a` by `∂J/∂z`, where `a = z Φ(z)`: by `∂J/∂a (Φ(z) + z φ(z))` with the density `φ`.
///
/// # Panics
///
/// When the slices have not the same length.
pub fn gelu_gradient(z: &[f32], grad: &mut [f32]) {
    change_by(
        grad,
        z,
        #[inline(always)]
        |grad, z| {
            let (distribution, density) = normal(z);
            grad * (distribution + z * density)
        },
    );
}

/// `Φ(z)` and `φ(z)`, each within 1e-6 of itself where it is a normal number: `1 - Φ(|z|)` is half of `erfcx(t) exp(-t²)` with
/// `t = |z| / √2`. The scaled function `erfcx` is a polynomial in `q = 1 / (1 + t/2)` without a constant, fitted to SciPy's
/// `erfcx` for `t` from 0 to 10 so that the largest relative error is small (4.3e-8).
#[inline(always)]
fn normal(z: f32) -> (f32, f32) {
    /// Of `q⁹` down to `q`.
    const COEFFICIENTS: [f32; 9] = [
        -0.059_069_216,
        0.284_576_18,
        -0.487_202_32,
        0.278_069_8,
        -0.026_627_386,
        0.202_687_56,
        0.243_103_6,
        0.282_375_34,
        0.282_086_4,
    ];
    const FRAC_1_SQRT_2_PI: f32 = 0.398_942_3;
    let bell = exp(-0.5 * z * z);
    let q = 1.0 / (1.0 + 0.5 * FRAC_1_SQRT_2 * z.abs());
    let polynomial = COEFFICIENTS.iter().fold(0.0, |sum, coefficient| sum * q + coefficient);
    let tail = 0.5 * polynomial * q * bell;
    (if z < 0.0 { tail } else { 1.0 - tail }, FRAC_1_SQRT_2_PI * bell)
}

/// `eˣ` for `x` up to 0, within two units of the last digit: `2ⁿ eʳ` with a polynomial for `|r| <= ln 2 / 2`. Below the
/// smallest normal number it is 0. Unlike the standard library's, it is computed for a whole vector at a time.
#[inline(always)]
fn exp(x: f32) -> f32 {
    /// `ln 2` in two parts, of which `n` times the first is exact.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    const MAGIC: f32 = 12_582_912.0;
    /// `1/k!` from 7 down to 0.
    const COEFFICIENTS: [f32; 8] =
        [1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    // Adding 1.5 · 2²³ rounds to a whole number.
    let shifted = x.max(-126.0 * LN_2) * LOG2_E + MAGIC;
    let n = shifted - MAGIC;
    let rest = x - n * LN_2_HIGH - n * LN_2_LOW;
    let polynomial = COEFFICIENTS.iter().fold(0.0, |sum, coefficient| sum * rest + coefficient);
    // A sum that may not panic, which would keep the loop from being computed with vectors in debug builds.
    let scale = f32::from_bits(((n as i32).wrapping_add(127) as u32) << 23);
    if x < -126.0 * LN_2 { 0.0 } else { polynomial * scale }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `z`, `Φ(z)` and `φ(z)`:
    ///
    /// ```python
    /// from scipy.special import ndtr
    /// [(z, ndtr(z), np.exp(-z * z / 2) / np.sqrt(2 * np.pi)) for z in ...]
    /// ```
    const NORMAL: [(f32, f64, f64); 12] = [
        (-12.5, 3.732564298877714e-36, 4.6951953579751464e-35),
        (-9.0, 1.1285884059538324e-19, 1.0279773571668917e-18),
        (-5.25, 7.6049605164887e-08, 4.1284709886299984e-07),
        (-3.0, 0.0013498980316300933, 0.0044318484119380075),
        (-1.5, 0.06680720126885807, 0.12951759566589174),
        (-0.75, 0.2266273523768682, 0.30113743215480443),
        (-0.125, 0.4502617751698871, 0.3958376869447495),
        (0.0, 0.5, 0.3989422804014327),
        (0.25, 0.5987063256829237, 0.3866681168028493),
        (1.0, 0.8413447460685429, 0.24197072451914337),
        (2.5, 0.9937903346742238, 0.017528300493568537),
        (5.5, 0.9999999810104375, 1.0769760042543276e-07),
    ];

    #[test]
    fn gelu_and_its_derivative_are_those_of_the_normal_distribution() {
        let z = NORMAL.map(|(z, ..)| z);
        let (a, mut derivative) = (gelu(&z), [1.0; 12]);
        gelu_gradient(&z, &mut derivative);
        for (((z, distribution, density), a), derivative) in NORMAL.into_iter().zip(a).zip(derivative) {
            let z = f64::from(z);
            // `exp(-z²/2)` has the rounding of its argument.
            let relative = 1e-6 + 1e-7 * z * z;
            let error = (f64::from(a) - z * distribution).abs();
            assert!(error <= relative * (z * distribution).abs(), "{z}: {a}");
            let error = (f64::from(derivative) - distribution - z * density).abs();
            assert!(error <= relative * (distribution + (z * density).abs()), "{z}: {derivative}");
        }
    }

    #[test]
    fn exponentials_are_within_two_units_of_the_last_digit() {
        for x in (0..8700).map(|step| step as f32 / -100.0) {
            let expected = f64::from(x).exp();
            let error = (f64::from(exp(x)) - expected).abs() / expected;
            assert!(error < 2.0 * f64::from(f32::EPSILON), "{x}: {error}");
        }
        assert_eq!(exp(-200.0), 0.0);
        assert!(exp(f32::NAN).is_nan());
    }

    #[test]
    fn rectified_values_and_their_gradients_keep_what_is_no_number() {
        let (mut a, mut grad) = ([-1.0, 0.0, 2.0, f32::NAN], [5.0; 4]);
        relu(&mut a);
        relu_gradient(&a, &mut grad);
        assert_eq!(a[..3], [0.0, 0.0, 2.0]);
        assert!(a[3].is_nan());
        assert_eq!(grad, [0.0, 0.0, 5.0, 5.0]);
    }
}
