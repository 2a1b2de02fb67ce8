//! The settings that a sweep tries.

use crate::error::{Error, UsageError};
use emberlab_data::RandomState;

/// A key and the values that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The key with its path.
    pub key: String,
    /// Its values, as TOML or as text.
    pub values: Vec<String>,
}

/// One value for each key of a sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Keys and values, in the order of the axes.
    pub settings: Vec<(String, String)>,
}

impl Axis {
    /// Reads `key=a,b,c`; commas within brackets and quotes separate nothing.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (key, values) = text.split_once('=').ok_or("must be `key.path=a,b,c`")?;
        let values = split(values);
        match key.trim().is_empty() || values.iter().any(String::is_empty) {
            true => Err("must be `key.path=a,b,c`, without empty values".to_owned()),
            false => Ok(Self { key: key.trim().to_owned(), values }),
        }
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

/// All combinations, the last axis changing fastest; with `random`, that many of them, drawn without replacement.
///
/// # Errors
///
/// [`Error::Usage`] for a key that is given twice, and for more than [`MAX_RUNS`] combinations.
pub fn points(axes: &[Axis], random: Option<usize>, seed: u32) -> Result<Vec<Point>, Error> {
    if let Some(twice) =
        axes.iter().enumerate().find(|(i, axis)| axes[..*i].iter().any(|a| a.key == axis.key))
    {
        return Err(UsageError::KeyTwice(twice.1.key.clone()).into());
    }
    let total = axes.iter().try_fold(1usize, |total, axis| total.checked_mul(axis.values.len()));
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
    Ok(chosen.into_iter().map(|index| point(axes, index)).collect())
}

fn point(axes: &[Axis], mut index: usize) -> Point {
    let mut settings = Vec::with_capacity(axes.len());
    for axis in axes.iter().rev() {
        settings.push((axis.key.clone(), axis.values[index % axis.values.len()].clone()));
        index /= axis.values.len();
    }
    settings.reverse();
    Point { settings }
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
        assert_eq!(axis("model.hidden=[4], [8,4] ,[]").values, ["[4]", "[8,4]", "[]"]);
        assert_eq!(axis("name=\"a,b\",c").values, ["\"a,b\"", "c"]);
        assert_eq!(axis("x={ a = 1, b = 2 },3").values, ["{ a = 1, b = 2 }", "3"]);
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
        assert_eq!(twice.to_string(), "`--grid a` is given twice");
        let many: Vec<Axis> = (0..5).map(|i| axis(&format!("k{i}=0,1,2,3,4,5,6,7,8,9"))).collect();
        assert_eq!(
            points(&many, None, 0).unwrap_err().to_string(),
            "the grid has more than 10000 combinations"
        );
    }
}
