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

/// The label of each of `n` samples.
pub(super) fn labels(array: &Array, n: usize) -> Result<Vec<Label>, NumpyProblem> {
    let is_column = matches!(array.shape[..], [_] | [_, 1]);
    let is_one_hot = array.shape.len() == 2 && !is_column && !array.element.is_text();
    if array.len() != n || !is_column && !is_one_hot {
        let expected = format!("({n},), ({n}, 1) or ({n}, number of classes)");
        return Err(NumpyProblem::LabelShape { shape: tuple(&array.shape), expected });
    }
    if is_one_hot {
        let rows = array.bytes.chunks_exact(array.width() * array.element.size).enumerate();
        return rows.map(|(row, bytes)| one_hot(array, row, bytes)).collect();
    }
    array.elements().enumerate().map(|(index, bytes)| label(array, index, bytes)).collect()
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
pub(super) fn classes(labels: &[Label]) -> Result<Vec<Label>, NumpyProblem> {
    let classes: BTreeSet<&Label> = labels.iter().collect();
    if (2..=MAX_CLASSES).contains(&classes.len()) {
        return Ok(classes.into_iter().cloned().collect());
    }
    Err(NumpyProblem::Classes { found: classes.len(), max: MAX_CLASSES })
}

/// The index of each label's class.
pub(super) fn indices(labels: &[Label], classes: &[Label]) -> Result<Vec<u32>, NumpyProblem> {
    let known: BTreeMap<&Label, u32> = classes.iter().zip(0..).collect();
    let index = |(row, label): (usize, &Label)| match known.get(label) {
        Some(&index) => Ok(index),
        None => Err(NumpyProblem::UnknownLabel { label: label.to_string(), place: format!("[{row}]") }),
    };
    labels.iter().enumerate().map(index).collect()
}
