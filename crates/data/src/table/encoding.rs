//! From the raw columns of a table to numbers, by what the training part holds.
//!
//! A missing number becomes the mean or the median of its column, as by scikit-learn's `SimpleImputer`. A
//! column of words becomes an input for each of its words, in sorted order, as by its `OneHotEncoder`; a
//! missing word is a category of its own, the last, where the training part has one. A word that the
//! training part has not is 0 in each of them (`handle_unknown="warn"`).

use super::options::MissingPolicy;
use super::schema::{ColumnEncoder, TableSchema};
use crate::error::DataError;
use crate::labelled_data::{Features, LabelledData};
use crate::normalizer::is_constant;
use crate::problem::TableProblem;
use crate::splits::Splits;
use crate::text::{self, MAX_ITEMS};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The most numbers that a table may become.
const MAX_VALUES: usize = 1 << 29;

/// What is known of a table before its parts are divided; its samples hold words by number and NaN for
/// missing values until [`encode`](Self::encode).
#[derive(Clone, Debug)]
pub struct TableEncoding {
    pub(super) path: PathBuf,
    /// With encoders that say which columns are words, and no more.
    pub(super) schema: TableSchema,
    /// The words of each input by number; none for numbers.
    pub(super) words: Vec<Vec<String>>,
    pub(super) missing: MissingPolicy,
    pub(super) notes: Vec<String>,
}

/// The parts of a table as numbers.
#[derive(Clone, Debug)]
pub struct EncodedTable {
    /// The parts.
    pub splits: Splits,
    /// What other files are read by.
    pub schema: TableSchema,
    /// What is unusual about the table, a line each.
    pub notes: Vec<String>,
}

impl TableEncoding {
    /// Fits what is made of each column to the training part, and makes numbers of all parts.
    ///
    /// # Errors
    ///
    /// [`DataError::Corrupt`] for a column without a value in the training part, and for more categories
    /// than memory holds.
    pub fn encode(self, splits: Splits) -> Result<EncodedTable, DataError> {
        self.encode_for(splits, None)
    }

    /// The same, with what a run made of each column that is still there, in the place of a fit.
    ///
    /// # Errors
    ///
    /// As for [`encode`](Self::encode).
    pub fn encode_for(self, splits: Splits, run: Option<&TableSchema>) -> Result<EncodedTable, DataError> {
        let path = self.path.clone();
        self.encode_parts(splits, run).map_err(|problem| DataError::corrupt(&path, problem))
    }

    fn encode_parts(
        self,
        mut splits: Splits,
        run: Option<&TableSchema>,
    ) -> Result<EncodedTable, TableProblem> {
        let Self { path, mut schema, words, missing, mut notes } = self;
        let columns = columns(raw(&splits.train.samples), words.len());
        for (input, values) in columns.enumerate() {
            if let Some(encoder) = run.and_then(|run| run.encoder_of(&schema, input)) {
                schema.encoders[input] = encoder;
                continue;
            }
            let title = || schema.title(input);
            schema.encoders[input] = fit(values, &schema.encoders[input], &words[input], missing, title)?;
        }
        let (n, width) =
            (splits.parts().map(|(_, part)| part.rows.len()).sum::<usize>(), schema.n_features());
        if n.saturating_mul(width) > MAX_VALUES {
            return Err(TableProblem::TooManyInputs { rows: n, inputs: width });
        }
        let names = schema.feature_names();
        let title = path.display();
        notes.extend(class_notes(&splits.train.samples).map(|note| format!("`{title}`: {note}")));
        let parts = [
            ("training", Some(&mut splits.train)),
            ("validation", splits.validation.as_mut()),
            ("test", Some(&mut splits.test)),
        ];
        for (part, samples) in parts {
            let Some(samples) = samples.map(|part| &mut part.samples) else { continue };
            let values = take_raw(samples);
            let (values, unknown) = schema.encode(values, &words);
            notes.extend(
                unknown
                    .iter()
                    .map(|unknown| format!("`{title}`: {} of the {part} part", unknown.note(&schema))),
            );
            samples.features = Features::Table { values, columns: names.clone() };
        }
        notes.extend(words_note(&schema).map(|note| format!("`{title}`: {note}")));
        notes.extend(stray_word_notes(&schema).map(|note| format!("`{title}`: {note}")));
        notes.extend(
            constants_note(&schema, raw(&splits.train.samples)).map(|note| format!("`{title}`: {note}")),
        );
        Ok(EncodedTable { splits, schema, notes })
    }
}

/// Words of a column that the training part has not.
pub(super) struct Unknown {
    input: usize,
    rows: usize,
    /// The first of them; nothing for a missing value.
    first: Option<String>,
    /// Its row.
    pub row: usize,
}

impl Unknown {
    pub fn note(&self, schema: &TableSchema) -> String {
        let column = schema.title(self.input);
        let word = match &self.first {
            Some(word) => text::quoted(word),
            None => "a missing value".to_owned(),
        };
        let (rows, have) = (text::count(self.rows, "row"), if self.rows == 1 { "has" } else { "have" });
        format!(
            "{column} has words that the training part has not, first {word}; its inputs are 0 in {rows} that {have} them"
        )
    }
}

impl TableSchema {
    /// Makes inputs of raw values, and tells the words that are no category.
    pub(super) fn encode(&self, mut values: Vec<f64>, words: &[Vec<String>]) -> (Vec<f64>, Vec<Unknown>) {
        let n_inputs = self.inputs.len().max(1);
        let fills: Option<Vec<Option<f64>>> = self.encoders.iter().map(ColumnEncoder::fill).collect();
        if let Some(fills) = fills {
            // Numbers alone stay where they are.
            for row in values.chunks_exact_mut(n_inputs) {
                for (value, fill) in row.iter_mut().zip(&fills).filter(|(value, _)| value.is_nan()) {
                    *value = fill.unwrap_or(*value);
                }
            }
            return (values, Vec::new());
        }
        let places: Vec<Vec<Option<usize>>> = self
            .encoders
            .iter()
            .zip(words)
            .map(|(encoder, words)| match encoder {
                ColumnEncoder::Number { .. } => Vec::new(),
                ColumnEncoder::Categories { words: known, .. } => {
                    words.iter().map(|word| known.binary_search(word).ok()).collect()
                }
            })
            .collect();
        let mut unknown = BTreeMap::<usize, Unknown>::new();
        let mut encoded = Vec::with_capacity(values.len() / n_inputs * self.n_features());
        for (row, cells) in values.chunks_exact(n_inputs).enumerate() {
            for (input, (&value, encoder)) in cells.iter().zip(&self.encoders).enumerate() {
                let ColumnEncoder::Categories { words: known, missing } = encoder else {
                    let ColumnEncoder::Number { fill } = encoder else { continue };
                    encoded.push(if value.is_nan() { fill.unwrap_or(value) } else { value });
                    continue;
                };
                let place = match value.is_nan() {
                    true => missing.then_some(known.len()),
                    // Codes are places in the dictionary.
                    false => places[input].get(value as usize).copied().flatten(),
                };
                let start = encoded.len();
                encoded.resize(start + encoder.width(), 0.0);
                match place {
                    Some(place) => encoded[start + place] = 1.0,
                    None => {
                        let first =
                            || (!value.is_nan()).then(|| words[input].get(value as usize).cloned()).flatten();
                        let entry = unknown.entry(input).or_insert_with(|| Unknown {
                            input,
                            rows: 0,
                            first: first(),
                            row,
                        });
                        entry.rows += 1;
                    }
                }
            }
        }
        (encoded, unknown.into_values().collect())
    }
}

fn raw(samples: &LabelledData) -> &[f64] {
    match &samples.features {
        Features::Table { values, .. } => values,
        Features::Images { .. } => &[],
    }
}

fn take_raw(samples: &mut LabelledData) -> Vec<f64> {
    match &mut samples.features {
        Features::Table { values, .. } => std::mem::take(values),
        Features::Images { .. } => Vec::new(),
    }
}

/// The values of each column of a row-major table.
fn columns(values: &[f64], n_columns: usize) -> impl Iterator<Item = impl Iterator<Item = f64> + Clone> {
    (0..n_columns).map(move |column| values.iter().skip(column).step_by(n_columns.max(1)).copied())
}

fn fit(
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

fn mean(values: impl Iterator<Item = f64>) -> f64 {
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

/// Tells classes that cannot be learnt, and labels that seem to be measured rather than to name classes.
fn class_notes(train: &LabelledData) -> impl Iterator<Item = String> {
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

fn words_note(schema: &TableSchema) -> Option<String> {
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

/// Tells a word that makes categories of a column of numbers.
fn stray_word_notes(schema: &TableSchema) -> impl Iterator<Item = String> {
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

fn constants_note(schema: &TableSchema, train: &[f64]) -> Option<String> {
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
