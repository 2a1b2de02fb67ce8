//! Fitting the encoder of a column to the training part.

use super::options::MissingPolicy;
use super::schema::ColumnEncoder;
use crate::problem::TableProblem;
use std::collections::BTreeSet;

/// Fits an encoder of the kind of `kind` to a column's raw values; NaN is a missing value.
pub(super) fn fit(
    values: impl Iterator<Item = f64> + Clone,
    kind: &ColumnEncoder,
    words: &[String],
    missing: MissingPolicy,
    title: impl Fn() -> String,
) -> Result<ColumnEncoder, TableProblem> {
    let present = values.clone().filter(|value| !value.is_nan());
    if let ColumnEncoder::Categories { .. } = kind {
        let codes: BTreeSet<usize> = present.map(|code| code as usize).collect();
        let mut known: Vec<String> = codes.into_iter().filter_map(|code| words.get(code).cloned()).collect();
        known.sort_unstable();
        return Ok(ColumnEncoder::Categories { words: known, missing: values.clone().any(f64::is_nan) });
    }
    let fill = match missing {
        MissingPolicy::Error | MissingPolicy::Drop => None,
        MissingPolicy::Mean => Some(mean(present)),
        MissingPolicy::Median => Some(median(present)),
    };
    match fill {
        Some(fill) if fill.is_nan() => Err(TableProblem::NoTrainingValue { column: title() }),
        Some(fill) if !fill.is_finite() => Err(TableProblem::MeanNotFinite { column: title() }),
        fill => Ok(ColumnEncoder::Number { fill }),
    }
}

pub(super) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    sum / n
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}
