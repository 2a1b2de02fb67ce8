//! A range from which random search draws the values of a key.

use emberlab_data::{DataError, RandomState};

/// Digits of a drawn number that are kept, so that it can be read and typed.
const DIGITS: usize = 6;

/// How the numbers of a range are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// Equal differences are equally likely.
    Uniform,
    /// Equal ratios are equally likely.
    Logarithmic,
}

/// Numbers between two bounds; whole ones, both bounds included, where both bounds are written as whole numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    low: f64,
    high: f64,
    whole: bool,
    spread: Spread,
}

impl Range {
    /// Reads `LOW..HIGH`.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong.
    pub fn parse(text: &str, spread: Spread) -> Result<Self, String> {
        let bounds = text.split_once("..").ok_or("must be `key.path=LOW..HIGH`")?;
        let [low, high] = [bounds.0, bounds.1].map(|bound| bound.trim().parse::<f64>());
        let (Ok(low), Ok(high)) = (low, high) else {
            return Err("must be `key.path=LOW..HIGH`, of two numbers".to_owned());
        };
        let is_whole = |bound: &str| bound.trim().parse::<i32>().is_ok();
        if !(low < high && (high - low).is_finite()) {
            return Err("the second bound must be finite and above the first".to_owned());
        }
        if spread == Spread::Logarithmic && low <= 0.0 {
            return Err("a logarithmic range needs bounds above 0".to_owned());
        }
        let whole = is_whole(bounds.0) && is_whole(bounds.1);
        Ok(Self { low, high, whole, spread })
    }

    /// The lower bound.
    pub fn low(&self) -> String {
        if self.whole { (self.low as i64).to_string() } else { rounded(self.low) }
    }

    /// Draws a value, as SciPy's `uniform`, `randint` and `loguniform` do, and logarithmic whole numbers as Optuna's `suggest_int` with
    /// `log=True`: rounded, from half below the lower bound to half above the upper one.
    ///
    /// # Errors
    ///
    /// Those of [`RandomState::randint`].
    pub fn draw(&self, random: &mut RandomState) -> Result<String, DataError> {
        let Self { low, high, whole, spread } = *self;
        Ok(match (spread, whole) {
            (Spread::Uniform, true) => random.randint(low as i64, high as i64 + 1)?.to_string(),
            (Spread::Uniform, false) => rounded(low + random.uniform(0.0, 1.0) * (high - low)),
            (Spread::Logarithmic, true) => {
                let between = logarithmic(low - 0.5, high + 0.5, random.uniform(0.0, 1.0)).round();
                (between.clamp(low, high) as i64).to_string()
            }
            (Spread::Logarithmic, false) => rounded(logarithmic(low, high, random.uniform(0.0, 1.0))),
        })
    }
}

fn logarithmic(low: f64, high: f64, share: f64) -> f64 {
    (low.ln() + share * (high.ln() - low.ln())).exp()
}

/// A number with [`DIGITS`] digits, as TOML reads it.
fn rounded(value: f64) -> String {
    let text = format!("{value:.*e}", DIGITS - 1);
    let Ok(short) = text.parse::<f64>() else { return text };
    if short == 0.0 || (1e-4..1e6).contains(&short.abs()) { short.to_string() } else { format!("{short:e}") }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn bounds_that_are_no_range_are_errors() {
        for bad in ["1", "1..", "..2", "a..b", "2..1", "1..1", "NaN..1", "0..inf", "-1e308..1e308"] {
            assert!(Range::parse(bad, Spread::Uniform).is_err(), "{bad}");
        }
        for bad in ["0..1", "-1..1"] {
            assert!(Range::parse(bad, Spread::Logarithmic).is_err(), "{bad}");
        }
    }

    #[test]
    fn whole_bounds_give_whole_numbers_with_both_bounds() {
        let range = Range::parse("3..5", Spread::Uniform).unwrap();
        let mut random = RandomState::new(1);
        let mut drawn: Vec<String> = (0..100).map(|_| range.draw(&mut random).unwrap()).collect();
        drawn.sort();
        drawn.dedup();
        assert_eq!(drawn, ["3", "4", "5"]);
    }

    #[test]
    fn whole_logarithmic_bounds_give_whole_numbers_whose_ratios_are_equally_likely() {
        let range = Range::parse("1..64", Spread::Logarithmic).unwrap();
        let mut random = RandomState::new(1);
        let drawn: Vec<u32> = (0..4000).map(|_| range.draw(&mut random).unwrap().parse().unwrap()).collect();
        assert!(drawn.iter().all(|number| (1..=64).contains(number)));
        assert!(drawn.contains(&1) && drawn.contains(&64));
        // >>> numpy.log(7.5 / 0.5) / numpy.log(64.5 / 0.5)
        let share = drawn.iter().filter(|number| **number < 8).count() as f64 / 4000.0;
        assert!((share - 0.5572).abs() < 0.03, "{share}");
    }

    #[test]
    fn drawn_numbers_are_short() {
        assert_eq!([0.1 + 0.2, 1.0, 1.234_567_8e-7, 0.0].map(rounded), ["0.3", "1", "1.23457e-7", "0"]);
    }
}
