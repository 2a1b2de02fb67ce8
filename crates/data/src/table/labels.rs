//! The classes of a table: the labels that occur.

use super::dictionary::Dictionary;
use crate::problem::{RowPlace, TableProblem};
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

    /// The classes, sorted as numbers if all are whole numbers, otherwise alphabetically.
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
        let numbers: Option<Vec<i64>> = names.iter().map(|name| name.parse().ok()).collect();
        if numbers.is_some() {
            names.sort_by_key(|name| name.parse::<i64>().unwrap_or(i64::MAX));
        }
        Ok(names.into_iter().map(str::to_owned).collect())
    }

    /// Refuses two labels that are the same number, such as `0` and `0.0`.
    fn check_spellings(&self, title: &str) -> Result<(), TableProblem> {
        let numbers = self.iter().filter_map(|(name, place)| {
            // Accepts a decimal comma too. Adding 0 turns −0 into 0.
            let number =
                name.replacen(',', ".", 1).parse::<f64>().ok().filter(|number| number.is_finite())? + 0.0;
            Some((number, name, place))
        });
        let mut numbers: Vec<(f64, &String, RowPlace)> = numbers.collect();
        numbers.sort_by(|left, right| left.0.total_cmp(&right.0));
        let same = numbers.windows(2).find(|pair| pair[0].0 == pair[1].0);
        match same {
            None => Ok(()),
            Some(pair) => {
                let label = |&(_, name, place): &(f64, &String, RowPlace)| (name.clone(), place);
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
