//! What a table is read by once its training part is known: its columns, and what is made of each.

use super::column_ref::title;
use serde::{Deserialize, Serialize};
use std::mem::discriminant;

/// The columns of the table that a run was trained on, and what is made of each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableSchema {
    /// Whether the table had a header; nothing where files with and without one will do.
    pub header: Option<bool>,
    /// The name of every column of the file; positions where there was no header.
    pub columns: Vec<String>,
    /// The place of the label among them.
    pub label: Option<usize>,
    /// The places of the columns that are inputs.
    pub inputs: Vec<usize>,
    /// What is made of each of those.
    pub encoders: Vec<ColumnEncoder>,
}

/// What is made of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnEncoder {
    /// A number is an input as it is.
    Number {
        /// Takes the place of a missing value.
        fill: Option<f64>,
    },
    /// A word is an input for each category, all 0 but for its own, which is 1.
    Categories {
        /// The words of the training part, sorted.
        words: Vec<String>,
        /// Whether a missing value is a category too, the last.
        missing: bool,
    },
}

impl ColumnEncoder {
    /// Inputs that a column becomes.
    pub fn width(&self) -> usize {
        match self {
            Self::Number { .. } => 1,
            Self::Categories { words, missing } => words.len() + usize::from(*missing),
        }
    }

    /// What takes the place of a missing number; nothing for words.
    pub(super) fn fill(&self) -> Option<Option<f64>> {
        match self {
            Self::Number { fill } => Some(*fill),
            Self::Categories { .. } => None,
        }
    }
}

impl TableSchema {
    /// A table of numbers, whose files have a header or not, or may do as they like.
    pub fn numbers(names: Vec<String>, label: &str, header: Option<bool>) -> Self {
        let n = names.len();
        let columns = names.into_iter().chain([label.to_owned()]).collect();
        let encoders = vec![ColumnEncoder::Number { fill: None }; n];
        Self { header, columns, label: Some(n), inputs: (0..n).collect(), encoders }
    }

    /// Numbers per sample.
    pub fn n_features(&self) -> usize {
        self.encoders.iter().map(ColumnEncoder::width).sum()
    }

    /// The name of each input: that of its column, with `=` and the category for one of several.
    pub fn feature_names(&self) -> Vec<String> {
        let mut names = Vec::with_capacity(self.n_features());
        for (&input, encoder) in self.inputs.iter().zip(&self.encoders) {
            let column = &self.columns[input];
            match encoder {
                ColumnEncoder::Number { .. } => names.push(column.clone()),
                ColumnEncoder::Categories { words, missing } => {
                    names.extend(words.iter().map(|word| format!("{column}={word}")));
                    names.extend(missing.then(|| format!("{column}=")));
                }
            }
        }
        names
    }

    /// Whether the places are those of columns, each has an encoder, and the numbers are finite.
    pub fn is_sound(&self) -> bool {
        let n = self.columns.len();
        let good = |encoder: &ColumnEncoder| match encoder {
            ColumnEncoder::Number { fill } => fill.is_none_or(f64::is_finite),
            ColumnEncoder::Categories { words, .. } => words.is_sorted(),
        };
        self.inputs.iter().all(|&input| input < n)
            && self.label.is_none_or(|label| label < n)
            && self.inputs.len() == self.encoders.len()
            && self.encoders.iter().all(good)
    }

    /// What is made here of an input of another table; nothing where another column or kind is in its place.
    pub(super) fn encoder_of(&self, other: &Self, input: usize) -> Option<ColumnEncoder> {
        let name = |schema: &Self| schema.columns.get(*schema.inputs.get(input)?).cloned();
        let (here, there) = (self.encoders.get(input)?, other.encoders.get(input)?);
        let same = name(self) == name(other) && discriminant(here) == discriminant(there);
        same.then(|| here.clone())
    }

    /// The column of an input in words.
    pub(super) fn title(&self, input: usize) -> String {
        let column = self.inputs[input];
        title(&self.columns[column], column, self.header != Some(false))
    }
}
