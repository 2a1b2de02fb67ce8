//! The classes of a table: the labels that occur.

use crate::problem::TableProblem;
use std::collections::HashMap;

/// More different labels are taken for a column of something else.
const MAX_CLASSES: usize = 10_000;

/// Labels by number, in the order in which they occur.
#[derive(Default)]
pub(super) struct Labels {
    codes: HashMap<String, u32>,
    /// Each label with the line of its first row.
    names: Vec<(String, u64)>,
}

impl Labels {
    /// The number of a label.
    pub fn code(&mut self, label: &str, line: u64) -> u32 {
        if let Some(&code) = self.codes.get(label) {
            return code;
        }
        let code = self.names.len() as u32;
        self.codes.insert(label.to_owned(), code);
        self.names.push((label.to_owned(), line));
        code
    }

    /// The classes in order of their numbers where all are whole numbers, else in alphabetical order.
    pub fn classes(&self, title: &str) -> Result<Vec<String>, TableProblem> {
        let (found, column) = (self.names.len(), title.to_owned());
        if found < 2 {
            let only = self.names.first().map(|(name, _)| name.clone());
            return Err(TableProblem::TooFewLabels { found, only, column });
        }
        if found > MAX_CLASSES {
            return Err(TableProblem::TooManyLabels { found, max: MAX_CLASSES, column });
        }
        self.check_spellings(title)?;
        let mut names: Vec<&str> = self.names.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        let numbers: Option<Vec<i64>> = names.iter().map(|name| name.parse().ok()).collect();
        if numbers.is_some() {
            names.sort_by_key(|name| name.parse::<i64>().unwrap_or(i64::MAX));
        }
        Ok(names.into_iter().map(str::to_owned).collect())
    }

    /// Refuses two labels that are the same number, such as `0` and `0.0`.
    fn check_spellings(&self, title: &str) -> Result<(), TableProblem> {
        let numbers = self.names.iter().filter_map(|(name, line)| {
            // With a decimal comma too, and so that −0 is 0.
            let number =
                name.replacen(',', ".", 1).parse::<f64>().ok().filter(|number| number.is_finite())? + 0.0;
            Some((number, name, line))
        });
        let mut numbers: Vec<(f64, &String, &u64)> = numbers.collect();
        numbers.sort_by(|left, right| left.0.total_cmp(&right.0));
        let same = numbers.windows(2).find(|pair| pair[0].0 == pair[1].0);
        match same {
            None => Ok(()),
            Some(pair) => {
                let label = |&(_, name, line): &(f64, &String, &u64)| (name.clone(), *line);
                let (first, second) = (label(&pair[0]), label(&pair[1]));
                Err(TableProblem::SameNumber { first, second, column: title.to_owned() })
            }
        }
    }

    /// The place among `classes` of each label, in the order of their numbers here.
    pub fn places(&self, classes: &[String]) -> Result<Vec<u32>, TableProblem> {
        let known: HashMap<&str, u32> = classes.iter().map(String::as_str).zip(0..).collect();
        let place = |(name, line): &(String, u64)| {
            let place = known.get(name.as_str()).copied();
            place.ok_or_else(|| TableProblem::UnknownLabel { label: name.clone(), line: *line })
        };
        self.names.iter().map(place).collect()
    }
}
