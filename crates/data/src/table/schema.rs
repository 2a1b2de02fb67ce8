//! The schema of a table: its columns and their encoders.

use super::column_ref::title;
use serde::{Deserialize, Serialize};
use std::mem::discriminant;

/// The columns of the table that a run was trained on, and the encoder of each input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableSchema {
    /// Whether the table had a header; `None` accepts files with and without one.
    pub header: Option<bool>,
    /// The name of every column of the file; positions where there was no header.
    pub columns: Vec<String>,
    /// The index of the label in `columns`.
    pub label: Option<usize>,
    /// The indices of the inputs in `columns`.
    pub inputs: Vec<usize>,
    /// The encoder of each input.
    pub encoders: Vec<ColumnEncoder>,
}

/// How a column is encoded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnEncoder {
    /// A number becomes one input.
    Number {
        /// Replaces a missing value.
        fill: Option<f64>,
    },
    /// A word is one-hot encoded: one input per category.
    Categories {
        /// The words of the training part, sorted.
        words: Vec<String>,
        /// Whether missing values are one more category, the last.
        missing: bool,
    },
}

impl ColumnEncoder {
    /// The number of inputs.
    pub fn width(&self) -> usize {
        match self {
            Self::Number { .. } => 1,
            Self::Categories { words, missing } => words.len() + usize::from(*missing),
        }
    }

    /// The value that replaces a missing number; `None` for words.
    pub(super) fn fill(&self) -> Option<Option<f64>> {
        match self {
            Self::Number { fill } => Some(*fill),
            Self::Categories { .. } => None,
        }
    }
}

impl TableSchema {
    /// The schema of a table of numbers. `header` as in [`TableSchema::header`].
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

    /// The name of each input: its column's name, followed by `=` and the category if it is one-hot encoded.
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

    /// Whether all indices are valid, each input has an encoder, and all numbers are finite.
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

    /// This schema's encoder of an input of another one; `None` if the column or the kind of encoder differs.
    pub(super) fn encoder_of(&self, other: &Self, input: usize) -> Option<ColumnEncoder> {
        let name = |schema: &Self| schema.columns.get(*schema.inputs.get(input)?).cloned();
        let (here, there) = (self.encoders.get(input)?, other.encoders.get(input)?);
        let same = name(self) == name(other) && discriminant(here) == discriminant(there);
        same.then(|| here.clone())
    }

    /// The title of an input's column in messages.
    pub(super) fn title(&self, input: usize) -> String {
        let column = self.inputs[input];
        title(&self.columns[column], column, self.header != Some(false))
    }
}
