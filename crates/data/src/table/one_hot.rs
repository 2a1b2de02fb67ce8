//! From raw values to inputs: missing numbers filled, words one-hot encoded.

use super::schema::{ColumnEncoder, TableSchema};
use crate::text;
use std::collections::BTreeMap;

/// Words of a column that do not occur in the training part.
pub(super) struct Unknown {
    input: usize,
    rows: usize,
    /// The first of them; `None` for a missing value.
    first: Option<String>,
    /// The row of the first one.
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
            "{column} has words that the training part does not have, first {word}; its inputs are 0 in {rows} that {have} them"
        )
    }
}

impl TableSchema {
    /// Encodes raw values as inputs. Also returns the words that are no category.
    pub(super) fn encode(&self, mut values: Vec<f64>, words: &[Vec<String>]) -> (Vec<f64>, Vec<Unknown>) {
        let n_inputs = self.inputs.len().max(1);
        let fills: Option<Vec<Option<f64>>> = self.encoders.iter().map(ColumnEncoder::fill).collect();
        if let Some(fills) = fills {
            // Without words the values keep their places.
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
                let place = if value.is_nan() {
                    missing.then_some(known.len())
                } else {
                    // A code is an index into the dictionary.
                    places[input].get(value as usize).copied().flatten()
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
