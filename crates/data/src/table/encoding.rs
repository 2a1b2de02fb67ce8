//! Encoding a table's columns as inputs, fitted to the training part.
//!
//! A missing number becomes the mean or the median of its column, as by scikit-learn's `SimpleImputer`. A column of words
//! becomes one input per word, in sorted order, as by `OneHotEncoder`. Missing words are one more category, the last, if
//! the training part has any. A word that does not occur in the training part is 0 in all of the column's inputs
//! (`handle_unknown="warn"`).

use super::encoding_notes::{class_notes, constants_note, stray_word_notes, words_note};
use super::fit::fit;
use super::options::MissingPolicy;
use super::schema::TableSchema;
use crate::error::DataError;
use crate::labelled_data::{Features, LabelledData};
use crate::problem::TableProblem;
use crate::splits::Splits;
use std::path::PathBuf;

/// The most numbers of an encoded table.
const MAX_VALUES: usize = 1 << 29;

/// How a table that is not encoded yet is encoded. Until [`encode`](Self::encode), its samples hold words as numbers and
/// missing values as NaN.
#[derive(Clone, Debug)]
pub struct TableEncoding {
    pub(super) path: PathBuf,
    /// The file of the test part, where it has one of its own.
    pub(super) test_path: Option<PathBuf>,
    /// Its encoders are not fitted yet; they only distinguish numbers from words.
    pub(super) schema: TableSchema,
    /// The words of each input by number; empty for inputs that are numbers.
    pub(super) words: Vec<Vec<String>>,
    pub(super) missing: MissingPolicy,
    pub(super) notes: Vec<String>,
}

/// The encoded parts of a table.
#[derive(Clone, Debug)]
pub struct EncodedTable {
    /// The parts.
    pub splits: Splits,
    /// How other files with the same columns are read.
    pub schema: TableSchema,
    /// What is unusual about the table but not an error, a line each.
    pub notes: Vec<String>,
}

impl TableEncoding {
    /// Fits the encoders to the training part and encodes all parts.
    ///
    /// # Errors
    ///
    /// [`DataError::Corrupt`] for a column without a value in the training part, and for more categories
    /// than memory holds.
    pub fn encode(self, splits: Splits) -> Result<EncodedTable, DataError> {
        self.encode_for(splits, None)
    }

    /// Like [`encode`](Self::encode), but takes the encoders of `run` for the columns that it has, instead of fitting them.
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
        let Self { path, test_path, mut schema, words, missing, mut notes } = self;
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
        let test_title = test_path.as_ref().unwrap_or(&path).display();
        let parts = [
            ("training", Some(&mut splits.train), &title),
            ("validation", splits.validation.as_mut(), &title),
            ("test", Some(&mut splits.test), &test_title),
        ];
        for (part, samples, title) in parts {
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
