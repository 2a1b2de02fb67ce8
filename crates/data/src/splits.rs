//! The training, validation and test parts of a data set.

use crate::error::{DataError, ParameterError};
use crate::folds::Fold;
use crate::labelled_data::LabelledData;
use crate::random_state::RandomState;
use crate::train_test_split::{TestSize, TrainTestSplit};

/// A part of a data set.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The samples.
    pub samples: LabelledData,
    /// The row of each in the source's file for this part, or in the whole set.
    pub rows: Vec<usize>,
}

impl Part {
    /// The samples at some places of this part.
    fn select(&self, places: &[usize]) -> Result<Self, DataError> {
        let samples = self.samples.select(places)?;
        Ok(Self { samples, rows: places.iter().map(|&place| self.rows[place]).collect() })
    }
}

/// The parts of a data set. No sample is in two of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Splits {
    /// The training part.
    pub train: Part,
    /// The part that is evaluated during training.
    pub validation: Option<Part>,
    /// The part that is evaluated once, at the end.
    pub test: Part,
}

/// The part of the training data that is set aside for validation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValidationSplit {
    /// The share of the training part, above 0 and below 1, rounded up to whole samples.
    pub fraction: f64,
    /// Whether each class has the same share in both parts.
    pub stratify: bool,
}

impl Splits {
    /// Divides a whole set into training and test part, as scikit-learn's `train_test_split` with
    /// `random_state=split_seed`.
    ///
    /// # Errors
    ///
    /// As for [`TrainTestSplit::rows`].
    pub fn divide(all: &LabelledData, split: &TrainTestSplit, split_seed: u32) -> Result<Self, DataError> {
        let (train, test) = split.rows_of(all, &mut RandomState::new(split_seed))?;
        let part = |rows: Vec<usize>| Ok::<_, DataError>(Part { samples: all.select(&rows)?, rows });
        Ok(Self { train: part(train)?, validation: None, test: part(test)? })
    }

    /// Sets some of the training part aside: `train_test_split(train, test_size=fraction,
    /// random_state=split_seed)`, whose test part becomes the validation part.
    ///
    /// # Errors
    ///
    /// As for [`TrainTestSplit::rows`], in terms of `validation_fraction`.
    pub fn with_validation(self, split: ValidationSplit, split_seed: u32) -> Result<Self, DataError> {
        let all = self.train;
        let ValidationSplit { fraction, stratify } = split;
        let split = TrainTestSplit { test_size: TestSize::Share(fraction), stratify };
        let drawn = split.rows_of(&all.samples, &mut RandomState::new(split_seed));
        let (train, validation) = drawn.map_err(|error| in_terms_of_validation(error, all.samples.len()))?;
        let validation = Some(all.select(&validation)?);
        Ok(Self { train: all.select(&train)?, validation, test: self.test })
    }

    /// Leaves one fold out of the training part, which becomes the test part in place of the one that there was:
    /// `StratifiedKFold(folds, shuffle=True, random_state=split_seed)`.
    ///
    /// # Errors
    ///
    /// As for [`Fold::rows`].
    pub fn with_fold(self, fold: Fold, split_seed: u32) -> Result<Self, DataError> {
        let (train, left_out) = fold.rows(&self.train.samples, &mut RandomState::new(split_seed))?;
        Ok(Self {
            test: self.train.select(&left_out)?,
            train: self.train.select(&train)?,
            validation: self.validation,
        })
    }

    /// The parts with their names, `train`, `validation` where there is one, and `test`.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, &Part)> {
        let validation = self.validation.iter().map(|part| ("validation", part));
        [("train", &self.train)].into_iter().chain(validation).chain([("test", &self.test)])
    }
}

fn in_terms_of_validation(error: DataError, n_train: usize) -> DataError {
    match error {
        DataError::Parameter(ParameterError { name: "test_size", value, .. }) => {
            let allowed =
                format!("above 0 and below 1, and leave some of the {n_train} training samples to train on");
            ParameterError::new("validation_fraction", value, allowed).into()
        }
        other => other,
    }
}
