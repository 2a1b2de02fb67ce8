//! The classes of a table: the labels that occur.

use super::dictionary::Dictionary;
use crate::problem::{RowPlace, TableProblem};
use std::cmp::Ordering;
use std::collections::HashMap;

/// The most classes. A column with more labels is probably not the label's column.
const MAX_CLASSES: usize = 10_000;

/// The labels, each with a code and the place of its first row.
#[derive(Default)]
pub(super) struct Labels {
    dictionary: Dictionary,
    places: Vec<RowPlace>,
}

impl Labels {
    /// The code of a label.
    pub fn code(&mut self, label: &str, place: RowPlace) -> u32 {
        let code = self.dictionary.code(label);
        if self.places.len() < self.dictionary.words.len() {
            self.places.push(place);
        }
        code
    }

    /// The labels and their places, in order of the codes.
    fn iter(&self) -> impl Iterator<Item = (&String, RowPlace)> {
        self.dictionary.words.iter().zip(self.places.iter().copied())
    }

    /// The classes, sorted as numbers if all are numbers, otherwise alphabetically.
    pub fn classes(&self, title: &str) -> Result<Vec<String>, TableProblem> {
        let labels = &self.dictionary.words;
        let (found, column) = (labels.len(), title.to_owned());
        if found < 2 {
            let only = labels.first().cloned();
            return Err(TableProblem::TooFewLabels { found, only, column });
        }
        if found > MAX_CLASSES {
            return Err(TableProblem::TooManyLabels { found, max: MAX_CLASSES, column });
        }
        self.check_spellings(title)?;
        let mut names: Vec<&str> = labels.iter().map(String::as_str).collect();
        names.sort_unstable();
        if let Some(whole) = names.iter().map(|name| name.parse::<i64>().ok()).collect::<Option<Vec<_>>>() {
            sort_by(&mut names, whole, i64::cmp);
        } else if let Some(numbers) = names.iter().map(|name| number(name)).collect::<Option<Vec<_>>>() {
            sort_by(&mut names, numbers, f64::total_cmp);
        }
        Ok(names.into_iter().map(str::to_owned).collect())
    }

    /// Refuses two labels that are the same number, such as `0` and `0.0`.
    fn check_spellings(&self, title: &str) -> Result<(), TableProblem> {
        let numbers = self.iter().filter_map(|(name, place)| Some((number(name)?, name, place)));
        let mut numbers: Vec<(f64, &String, RowPlace)> = numbers.collect();
        numbers.sort_by(|left, right| left.0.total_cmp(&right.0));
        // Large whole numbers differ where double precision does not tell them apart.
        let differ = |left: &str, right: &str| {
            left.parse::<i128>().ok().zip(right.parse().ok()).is_some_and(|(left, right)| left != right)
        };
        let same = numbers.windows(2).find(|pair| pair[0].0 == pair[1].0 && !differ(pair[0].1, pair[1].1));
        match same {
            None => Ok(()),
            Some(pair) => {
                let label = |&(_, name, place): &(f64, &String, RowPlace)| Box::new((name.clone(), place));
                let (first, second) = (label(&pair[0]), label(&pair[1]));
                Err(TableProblem::SameNumber { first, second, column: title.to_owned() })
            }
        }
    }

    /// The index in `classes` of each label, in order of the codes.
    pub fn places(&self, classes: &[String]) -> Result<Vec<u32>, TableProblem> {
        let known: HashMap<&str, u32> = classes.iter().map(String::as_str).zip(0..).collect();
        let index = |(name, place): (&String, RowPlace)| {
            let index = known.get(name.as_str()).copied();
            index.ok_or_else(|| TableProblem::UnknownLabel { label: name.clone(), place })
        };
        self.iter().map(index).collect()
    }
}

/// The finite number that a label is, with either decimal mark.
fn number(label: &str) -> Option<f64> {
    // Adding 0 turns −0 into 0.
    label
        .replacen(',', ".", 1)
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())
        .map(|number| number + 0.0)
}

/// Sorts names by their numbers.
fn sort_by<T>(names: &mut [&str], numbers: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    let mut pairs: Vec<(T, &str)> = numbers.into_iter().zip(names.iter().copied()).collect();
    pairs.sort_by(|left, right| compare(&left.0, &right.0));
    names.iter_mut().zip(pairs).for_each(|(name, (_, sorted))| *name = sorted);
}
