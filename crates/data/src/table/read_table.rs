//! A table that was read from a file.

use super::dictionary::{Dictionary, words};
use super::encoding::TableEncoding;
use crate::error::DataError;
use crate::labelled_data::LabelledData;
use crate::random_state::RandomState;
use crate::splits::{Part, Splits};
use crate::train_test_split::TrainTestSplit;
use std::path::Path;

/// A table that was read and is not divided yet.
#[derive(Clone, Debug)]
pub struct Table {
    pub(super) samples: LabelledData,
    /// The row of each sample in the file, from 0.
    pub(super) rows: Vec<usize>,
    pub(super) dictionaries: Vec<Option<Dictionary>>,
    pub(super) encoding: TableEncoding,
}

impl Table {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Divides the table into training and test part, like [`Splits::divide`].
    ///
    /// # Errors
    ///
    /// As for [`Splits::divide`].
    pub fn divide(
        self,
        split: &TrainTestSplit,
        split_seed: u32,
    ) -> Result<(Splits, TableEncoding), DataError> {
        let (train, test) = split.rows_of(&self.samples, &mut RandomState::new(split_seed))?;
        let part = |chosen: Vec<usize>| {
            let rows = chosen.iter().map(|&row| self.rows[row]).collect();
            Ok::<_, DataError>(Part { samples: self.samples.select(&chosen)?, rows })
        };
        let splits = Splits { train: part(train)?, validation: None, test: part(test)? };
        Ok((splits, TableEncoding { words: words(&self.dictionaries), ..self.encoding }))
    }

    /// Uses the whole table as training part, and `test`, which was [read like it](super::TableFile::read_like), as test
    /// part.
    pub fn with_test(self, test: Self) -> (Splits, TableEncoding) {
        let words = words(&test.dictionaries);
        let notes = self.encoding.notes.into_iter().chain(test.encoding.notes).collect();
        let part = |samples: LabelledData, rows: Vec<usize>| Part { samples, rows };
        let splits = Splits {
            train: part(self.samples, self.rows),
            validation: None,
            test: part(test.samples, test.rows),
        };
        let test_path = Some(test.encoding.path);
        (splits, TableEncoding { words, notes, test_path, ..self.encoding })
    }

    /// The name of the table's file.
    pub fn path(&self) -> &Path {
        &self.encoding.path
    }
}
