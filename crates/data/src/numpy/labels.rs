//! Arrays as labels: integers, bools, whole floats or text, or a column for each class.

use super::array::{Array, tuple};
use super::element::Kind;
use crate::problem::NumpyProblem;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The most classes.
const MAX_CLASSES: usize = 10_000;

/// A label. Numbers are sorted as numbers, text as by scikit-learn's `LabelEncoder`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Label {
    Number(i128),
    Text(String),
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(formatter),
            Self::Text(text) => text.fmt(formatter),
        }
    }
}

/// The labels of an array.
pub(super) struct Labels {
    /// Of each sample.
    pub of_samples: Vec<Label>,
    /// Columns, where there is one for each class.
    columns: Option<usize>,
}

/// The label of each of `n` samples.
pub(super) fn labels(array: &Array, n: usize) -> Result<Labels, NumpyProblem> {
    let is_column = matches!(array.shape[..], [_] | [_, 1]);
    let is_one_hot = array.shape.len() == 2 && !is_column && !array.element.is_text();
    if array.len() != n || !is_column && !is_one_hot {
        let expected = format!("({n},), ({n}, 1) or ({n}, number of classes)");
        return Err(NumpyProblem::LabelShape { shape: tuple(&array.shape), expected });
    }
    if is_one_hot {
        let rows = array.bytes.chunks_exact(array.width() * array.element.size).enumerate();
        let of_samples = rows.map(|(row, bytes)| one_hot(array, row, bytes)).collect::<Result<_, _>>()?;
        return Ok(Labels { of_samples, columns: Some(array.width()) });
    }
    let of_samples = array.elements().enumerate().map(|(index, bytes)| label(array, index, bytes));
    Ok(Labels { of_samples: of_samples.collect::<Result<_, _>>()?, columns: None })
}

fn label(array: &Array, index: usize, bytes: &[u8]) -> Result<Label, NumpyProblem> {
    let element = array.element;
    match element.kind {
        Kind::Bytes | Kind::Unicode => match element.text(bytes) {
            Some(text) => Ok(Label::Text(text)),
            None => Err(NumpyProblem::NotUnicode { place: array.place(index) }),
        },
        Kind::Bool => Ok(Label::Text(if element.number(bytes) == 0.0 { "False" } else { "True" }.to_owned())),
        Kind::Unsigned | Kind::Signed => Ok(Label::Number(element.integer(bytes).unwrap_or_default())),
        Kind::Float => {
            let value = element.number(bytes);
            // Larger ones are not told apart.
            if value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0 {
                return Ok(Label::Number(value as i128));
            }
            Err(NumpyProblem::Label { value: value.to_string(), place: array.place(index) })
        }
    }
}

fn one_hot(array: &Array, row: usize, bytes: &[u8]) -> Result<Label, NumpyProblem> {
    let values: Vec<f64> =
        bytes.chunks_exact(array.element.size).map(|bytes| array.element.number(bytes)).collect();
    let other = values.iter().find(|&&value| value != 0.0 && value != 1.0);
    let mut ones = values.iter().enumerate().filter(|(_, value)| **value == 1.0);
    match (other, ones.next(), ones.next()) {
        (None, Some((column, _)), None) => Ok(Label::Number(column as i128)),
        (Some(value), ..) => Err(NumpyProblem::OneHot { value: value.to_string(), row }),
        (None, None, _) => Err(NumpyProblem::OneHot { value: "0 everywhere".to_owned(), row }),
        (None, Some(_), Some((column, _))) => {
            Err(NumpyProblem::OneHot { value: format!("1 once more in column {column}"), row })
        }
    }
}

/// The classes: the distinct labels, sorted.
fn classes(labels: &[Label]) -> Result<Vec<Label>, NumpyProblem> {
    let classes: BTreeSet<&Label> = labels.iter().collect();
    if (2..=MAX_CLASSES).contains(&classes.len()) {
        return Ok(classes.into_iter().cloned().collect());
    }
    Err(NumpyProblem::Classes { found: classes.len(), max: MAX_CLASSES })
}

/// The classes of a training part, and how its labels name them.
pub(super) struct Classes {
    /// Sorted.
    pub labels: Vec<Label>,
    columns: Option<usize>,
}

impl Classes {
    /// The classes of these labels.
    pub(super) fn of(Labels { of_samples, columns }: &Labels) -> Result<Self, NumpyProblem> {
        Ok(Self { labels: classes(of_samples)?, columns: *columns })
    }

    /// The index of each label's class.
    pub(super) fn indices(&self, Labels { of_samples, columns }: &Labels) -> Result<Vec<u32>, NumpyProblem> {
        if let Some(found) = *columns {
            self.check_columns(found)?;
        }
        indices(of_samples, &self.labels)
    }

    /// Checks that columns stand for the classes: as many as in the training part, or the classes are their numbers.
    fn check_columns(&self, found: usize) -> Result<(), NumpyProblem> {
        let are_numbers =
            || self.labels.iter().zip(0..).all(|(label, number)| *label == Label::Number(number));
        match self.columns {
            Some(expected) if expected != found => Err(NumpyProblem::LabelColumns { found, expected }),
            None if !are_numbers() || self.labels.len() != found => {
                Err(NumpyProblem::LabelColumns { found, expected: 1 })
            }
            _ => Ok(()),
        }
    }
}

/// The index of each label's class.
fn indices(labels: &[Label], classes: &[Label]) -> Result<Vec<u32>, NumpyProblem> {
    let known: BTreeMap<&Label, u32> = classes.iter().zip(0..).collect();
    let index = |(row, label): (usize, &Label)| match known.get(label) {
        Some(&index) => Ok(index),
        None => Err(NumpyProblem::UnknownLabel { label: label.to_string(), place: format!("[{row}]") }),
    };
    labels.iter().enumerate().map(index).collect()
}
