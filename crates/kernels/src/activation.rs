//! Activation functions and their derivatives.

use crate::elementwise::{change, change_by, map};
use std::f32::consts::{FRAC_1_SQRT_2, LN_2, LOG2_E};

/// A function of each element, and its derivative.
pub trait Function: Copy + Sync {
    /// The value at `z`.
    fn value(self, z: f32) -> f32;

    /// `∂J/∂z` from `z` and the gradient `∂J/∂a` of the value.
    fn gradient(self, z: f32, grad: f32) -> f32;
}

/// `z`.
#[derive(Clone, Copy, Debug)]
pub struct Identity;

/// `max(0, z)`; a value that is no number stays one. The derivative at 0 is 0. Its gradient is the same from its value.
#[derive(Clone, Copy, Debug)]
pub struct Relu;

/// `z Φ(z)` with the distribution function `Φ` of the standard normal distribution; the derivative is `Φ(z) + z φ(z)` with the
/// density `φ`.
#[derive(Clone, Copy, Debug)]
pub struct Gelu;

impl Function for Identity {
    #[inline(always)]
    fn value(self, z: f32) -> f32 {
        z
    }

    #[inline(always)]
    fn gradient(self, _: f32, grad: f32) -> f32 {
        grad
    }
}

impl Function for Relu {
    #[inline(always)]
    fn value(self, z: f32) -> f32 {
        if z <= 0.0 { 0.0 } else { z }
    }

    #[inline(always)]
    fn gradient(self, z: f32, grad: f32) -> f32 {
        if z <= 0.0 { 0.0 } else { grad }
    }
}

impl Function for Gelu {
    #[inline(always)]
    fn value(self, z: f32) -> f32 {
        z * normal(z).0
    }

    #[inline(always)]
    fn gradient(self, z: f32, grad: f32) -> f32 {
        let (distribution, density) = normal(z);
        grad * (distribution + z * density)
    }
}

/// The values of a function.
pub fn values(z: &[f32], function: impl Function) -> Vec<f32> {
    map(
        z,
        #[inline(always)]
        |z| function.value(z),
    )
}

/// Replaces each `z` by the value of a function.
pub fn replace_by_values(z: &mut [f32], function: impl Function) {
    change(
        z,
        #[inline(always)]
        |z| function.value(z),
    );
}

/// Replaces the gradient of the values of a function by that of `z`.
///
/// # Panics
///
/// When the slices do not have the same length.
pub fn backward(z: &[f32], grad: &mut [f32], function: impl Function) {
    change_by(
        grad,
        z,
        #[inline(always)]
        |grad, z| function.gradient(z, grad),
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
        let (a, mut derivative) = (values(&z, Gelu), [1.0; 12]);
        backward(&z, &mut derivative, Gelu);
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
        replace_by_values(&mut a, Relu);
        backward(&a, &mut grad, Relu);
        assert_eq!(a[..3], [0.0, 0.0, 2.0]);
        assert!(a[3].is_nan());
        assert_eq!(grad, [0.0, 0.0, 5.0, 5.0]);
    }
}
