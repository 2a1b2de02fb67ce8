//! The settings that a sweep tries.

use super::range::{Range, Spread};
use crate::error::{Error, UsageError};
use emberlab_data::{DataError, RandomState};

/// A key and the values that it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The key with its path.
    pub key: String,
    /// Its values.
    pub values: Values,
}

/// The values of a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Each of these, as TOML or as text.
    Listed(Vec<String>),
    /// Numbers that are drawn.
    Drawn(Range),
}

/// One value for each key of a sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Keys and values, in the order of the axes.
    pub settings: Vec<(String, String)>,
}

impl Axis {
    /// The first value, or the lower bound.
    pub fn first(&self) -> Option<String> {
        match &self.values {
            Values::Listed(values) => values.first().cloned(),
            Values::Drawn(range) => Some(range.low()),
        }
    }

    /// Reads `key=a,b,c`; commas within brackets and quotes separate nothing.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (key, values) = text.split_once('=').ok_or("must be `key.path=a,b,c`")?;
        let values = split(values);
        if key.trim().is_empty() || values.iter().any(String::is_empty) {
            return Err("must be `key.path=a,b,c`, without empty values".to_owned());
        }
        Ok(Self { key: key.trim().to_owned(), values: Values::Listed(values) })
    }

    /// Reads `key=LOW..HIGH`, whose differences are equally likely.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong.
    pub fn parse_range(text: &str) -> Result<Self, String> {
        Self::drawn(text, Spread::Uniform)
    }

    /// Reads `key=LOW..HIGH`, whose ratios are equally likely.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong.
    pub fn parse_log_range(text: &str) -> Result<Self, String> {
        Self::drawn(text, Spread::Logarithmic)
    }

    fn drawn(text: &str, spread: Spread) -> Result<Self, String> {
        let (key, range) = text.split_once('=').ok_or("must be `key.path=LOW..HIGH`")?;
        if key.trim().is_empty() {
            return Err("must be `key.path=LOW..HIGH`".to_owned());
        }
        Ok(Self { key: key.trim().to_owned(), values: Values::Drawn(Range::parse(range, spread)?) })
    }
}

fn split(values: &str) -> Vec<String> {
    let (mut depth, mut quoted) = (0usize, false);
    let mut parts = vec![String::new()];
    for letter in values.chars() {
        match letter {
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => (),
        }
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).collect()
}

/// The most runs of one sweep.
const MAX_RUNS: usize = 10_000;

/// All combinations, the last axis changing fastest; with `random`, that many of them, drawn without replacement. Where a key
/// has a range, `random` combinations are drawn independently, as scikit-learn's `ParameterSampler` draws them.
///
/// # Errors
///
/// [`Error::Usage`] for a key that is given twice, for more than [`MAX_RUNS`] combinations, and for a range without `random`.
pub fn points(axes: &[Axis], random: Option<usize>, seed: u32) -> Result<Vec<Point>, Error> {
    if let Some(twice) =
        axes.iter().enumerate().find(|(i, axis)| axes[..*i].iter().any(|a| a.key == axis.key))
    {
        return Err(UsageError::KeyTwice(twice.1.key.clone()).into());
    }
    let lists: Option<Vec<&[String]>> = axes.iter().map(listed).collect();
    let Some(lists) = lists else {
        let n = random.ok_or(UsageError::RangeWithoutRandom)?;
        if n > MAX_RUNS {
            return Err(UsageError::GridTooLarge(MAX_RUNS).into());
        }
        return Ok(drawn(axes, n, seed)?);
    };
    let total = lists.iter().try_fold(1usize, |total, values| total.checked_mul(values.len()));
    let Some(total) = total.filter(|&total| total <= MAX_RUNS) else {
        return Err(UsageError::GridTooLarge(MAX_RUNS).into());
    };
    let chosen = match random {
        Some(random) if random < total => {
            let mut chosen = RandomState::new(seed).choice(total, random, false)?;
            chosen.sort_unstable();
            chosen
        }
        _ => (0..total).collect(),
    };
    Ok(chosen.into_iter().map(|index| combination(axes, &lists, index)).collect())
}

fn listed(axis: &Axis) -> Option<&[String]> {
    match &axis.values {
        Values::Listed(values) => Some(values),
        Values::Drawn(_) => None,
    }
}

fn combination(axes: &[Axis], lists: &[&[String]], mut index: usize) -> Point {
    let mut settings = Vec::with_capacity(axes.len());
    for (axis, values) in axes.iter().zip(lists).rev() {
        settings.push((axis.key.clone(), values[index % values.len()].clone()));
        index /= values.len();
    }
    settings.reverse();
    Point { settings }
}

/// Draws the keys of each point in the order of their names.
fn drawn(axes: &[Axis], n: usize, seed: u32) -> Result<Vec<Point>, DataError> {
    let mut random = RandomState::new(seed);
    let mut order: Vec<usize> = (0..axes.len()).collect();
    order.sort_by(|&left, &right| axes[left].key.cmp(&axes[right].key));
    let mut point = || -> Result<Point, DataError> {
        let mut settings: Vec<_> = axes.iter().map(|axis| (axis.key.clone(), String::new())).collect();
        for &index in &order {
            settings[index].1 = match &axes[index].values {
                Values::Listed(values) => values[random.randint(0, values.len() as i64)? as usize].clone(),
                Values::Drawn(range) => range.draw(&mut random)?,
            };
        }
        Ok(Point { settings })
    };
    (0..n).map(|_| point()).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn axis(text: &str) -> Axis {
        Axis::parse(text).unwrap()
    }

    #[test]
    fn commas_within_brackets_and_quotes_divide_nothing() {
        let values = |text| listed(&axis(text)).unwrap().to_vec();
        assert_eq!(values("model.hidden=[4], [8,4] ,[]"), ["[4]", "[8,4]", "[]"]);
        assert_eq!(values("name=\"a,b\",c"), ["\"a,b\"", "c"]);
        assert_eq!(values("x={ a = 1, b = 2 },3"), ["{ a = 1, b = 2 }", "3"]);
        for bad in ["x", "=1", "x=", "x=1,,2"] {
            assert!(Axis::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_combination_comes_once_and_the_last_key_changes_fastest() {
        let axes = [axis("a=1,2"), axis("b=x,y,z")];
        let points = points(&axes, None, 0).unwrap();
        let shown: Vec<String> = points
            .iter()
            .map(|point| point.settings.iter().map(|(_, value)| value.as_str()).collect())
            .collect();
        assert_eq!(shown, ["1x", "1y", "1z", "2x", "2y", "2z"]);
    }

    #[test]
    fn random_points_are_different_and_those_of_their_seed() {
        let axes = [axis("a=1,2,3,4"), axis("b=1,2,3,4")];
        let drawn = points(&axes, Some(6), 3).unwrap();
        assert_eq!(drawn, points(&axes, Some(6), 3).unwrap());
        assert_ne!(drawn, points(&axes, Some(6), 4).unwrap());
        assert!(drawn.iter().enumerate().all(|(i, point)| !drawn[..i].contains(point)));
        assert_eq!((drawn.len(), points(&axes, Some(99), 3).unwrap().len()), (6, 16));
    }

    #[test]
    fn keys_that_come_twice_and_grids_without_end_are_errors() {
        let twice = points(&[axis("a=1"), axis("a=2")], None, 0).unwrap_err();
        assert_eq!(twice.to_string(), "the key `a` is given twice");
        let many: Vec<Axis> = (0..5).map(|i| axis(&format!("k{i}=0,1,2,3,4,5,6,7,8,9"))).collect();
        assert_eq!(
            points(&many, None, 0).unwrap_err().to_string(),
            "the sweep has more than 10000 combinations"
        );
    }

    /// Compared with `tests/golden/random_search.py`.
    #[test]
    fn ranges_are_drawn_as_scikit_learn_draws_them() {
        let axes = [
            Axis::parse_log_range("training.optimizer.learning_rate=1e-4..1e-1").unwrap(),
            axis("model.hidden=[4],[8],[8,4]"),
            Axis::parse_range("training.batch_size=8..64").unwrap(),
            Axis::parse_range("training.optimizer.momentum=0.5..0.95").unwrap(),
        ];
        let golden = include_str!("../../../../tests/golden/random_search.json");
        let golden: serde_json::Value = serde_json::from_str(golden).unwrap();
        for (seed, wanted) in golden.as_object().unwrap() {
            let wanted = wanted.as_array().unwrap();
            let points = points(&axes, Some(wanted.len()), seed.parse().unwrap()).unwrap();
            for (point, wanted) in points.iter().zip(wanted) {
                for (key, value) in &point.settings {
                    match wanted[key].as_f64() {
                        // Six digits are kept.
                        Some(wanted) => {
                            assert!((value.parse::<f64>().unwrap() / wanted - 1.0).abs() < 1e-5, "{key}");
                        }
                        None => assert_eq!(value, wanted[key].as_str().unwrap()),
                    }
                }
            }
        }
    }

    #[test]
    fn ranges_need_the_number_of_draws() {
        let axes = [Axis::parse_range("a=0..1").unwrap()];
        assert!(matches!(points(&axes, None, 0), Err(Error::Usage(UsageError::RangeWithoutRandom))));
    }
}
