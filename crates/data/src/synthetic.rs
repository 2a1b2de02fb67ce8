//! The lab's synthetic data: `make_classification`, then `train_test_split`.

use crate::error::DataError;
use crate::make_classification::MakeClassification;
use crate::random_state::RandomState;
use crate::splits::Splits;
use crate::train_test_split::TrainTestSplit;

/// A data set that is drawn and divided.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Synthetic {
    /// How the samples are drawn.
    pub classification: MakeClassification,
    /// How they are divided.
    pub split: TrainTestSplit,
}

impl Synthetic {
    /// Draws the samples from `seed` and divides them by `split_seed`.
    ///
    /// # Errors
    ///
    /// [`DataError::Parameter`] when the parameters cannot work.
    pub fn load(&self, seed: u32, split_seed: u32) -> Result<Splits, DataError> {
        let all = self.classification.generate(&mut RandomState::new(seed))?;
        Splits::divide(&all, &self.split, split_seed)
    }
}
