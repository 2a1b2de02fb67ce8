//! Notes on an encoded table: what is unusual but not an error, a line each.

use super::fit::mean;
use super::schema::{ColumnEncoder, TableSchema};
use crate::labelled_data::LabelledData;
use crate::normalizer::is_constant;
use crate::text::{self, MAX_ITEMS};
use std::collections::BTreeSet;

/// Classes without a training sample, and labels that look like measurements rather than classes.
pub(super) fn class_notes(train: &LabelledData) -> impl Iterator<Item = String> {
    let LabelledData { labels, class_names, .. } = train;
    let occurring: BTreeSet<u32> = labels.iter().copied().collect();
    let absent = class_names.iter().zip(0u32..).filter(|(_, class)| !occurring.contains(class));
    let absent: Vec<String> = absent.map(|(name, _)| text::quoted(name)).collect();
    let noun = if absent.len() == 1 { "class" } else { "classes" };
    let absent = (!absent.is_empty()).then(|| {
        format!("the training part has no sample of the {noun} {}", text::first(absent.iter(), MAX_ITEMS))
    });
    let number = |name: &String| name.parse::<f64>().ok().filter(|number| number.is_finite());
    let numbers: Option<Vec<f64>> = class_names.iter().map(number).collect();
    let fraction = numbers.and_then(|numbers| numbers.iter().position(|number| number.fract() != 0.0));
    let measured = fraction.map(|class| {
        format!(
            "its labels are numbers with decimals, such as {}, of which each is a class: {} in all",
            text::quoted(&class_names[class]),
            class_names.len()
        )
    });
    absent.into_iter().chain(measured)
}

/// Columns that are one-hot encoded.
pub(super) fn words_note(schema: &TableSchema) -> Option<String> {
    let columns = schema.encoders.iter().enumerate().filter_map(|(input, encoder)| match encoder {
        ColumnEncoder::Number { .. } => None,
        ColumnEncoder::Categories { .. } => Some((schema.title(input), encoder.width())),
    });
    let columns: Vec<(String, usize)> = columns.collect();
    let inputs = columns.iter().map(|(_, width)| width).sum::<usize>();
    let listed: Vec<String> = columns.iter().map(|(title, width)| format!("{title} ({width})")).collect();
    let verbs = if columns.len() == 1 { ["is", "becomes"] } else { ["are", "become"] };
    (!columns.is_empty()).then(|| {
        format!(
            "{} {} made of words and {} {}, one for each category: {}",
            text::count(columns.len(), "column"),
            verbs[0],
            verbs[1],
            text::count(inputs, "input"),
            text::first(listed.iter(), MAX_ITEMS)
        )
    })
}

/// Columns of numbers that a few words turn into categories.
pub(super) fn stray_word_notes(schema: &TableSchema) -> impl Iterator<Item = String> {
    let is_number = |word: &&String| word.replacen(',', ".", 1).parse::<f64>().is_ok();
    schema.encoders.iter().enumerate().filter_map(move |(input, encoder)| {
        let ColumnEncoder::Categories { words, .. } = encoder else { return None };
        let numbers = words.iter().filter(is_number).count();
        let stray = words.iter().find(|word| !is_number(word)).filter(|_| 2 * numbers > words.len())?;
        Some(format!(
            "{} has {numbers} numbers among its {} categories, and the word {}; if that stands for a missing value, add \
             it to `missing_values`",
            schema.title(input),
            words.len(),
            text::quoted(stray)
        ))
    })
}

/// Columns that are constant in the training part.
pub(super) fn constants_note(schema: &TableSchema, train: &[f64]) -> Option<String> {
    let mut first = 0;
    let mut constant = Vec::new();
    let width = schema.n_features().max(1);
    for (input, encoder) in schema.encoders.iter().enumerate() {
        if encoder.width() == 1 {
            let values = train.iter().skip(first).step_by(width).copied();
            if never_changes(values) {
                constant.push(schema.title(input));
            }
        }
        first += encoder.width();
    }
    let verb = if constant.len() == 1 { "never changes" } else { "never change" };
    (!constant.is_empty())
        .then(|| format!("{} {verb} in the training part", text::first(constant.iter(), MAX_ITEMS)))
}

fn never_changes(values: impl Iterator<Item = f64> + Clone) -> bool {
    let (n, mean) = (values.clone().count() as f64, mean(values.clone()));
    let variance = values.map(|value| (value - mean).powi(2)).sum::<f64>() / n;
    is_constant(n, mean, variance)
}
