//! The lab's subsample of CIFAR-10.

use super::Cifar10;
use crate::error::{DataError, ParameterError};
use crate::labelled_data::{LabelledData, Splits};
use crate::random_state::RandomState;

/// How many images of each part are used; all in the files' order where a number is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cifar10Subsample {
    /// Images drawn from the training batches.
    pub train_samples: Option<usize>,
    /// Images drawn from the test batch.
    pub test_samples: Option<usize>,
}

impl Cifar10Subsample {
    /// Reads both parts and draws from each without replacement, the training part first:
    /// `RandomState(seed).choice(n, samples, replace=False)`, rows kept in drawn order.
    ///
    /// # Errors
    ///
    /// As for [`Cifar10::train`], and [`DataError::Parameter`] when more images are asked for than
    /// there are.
    pub fn load(&self, set: &Cifar10, random: &mut RandomState) -> Result<Splits, DataError> {
        let (train, train_rows) = draw("train_samples", self.train_samples, set.train()?, random)?;
        let (test, test_rows) = draw("test_samples", self.test_samples, set.test()?, random)?;
        Ok(Splits { train, test, train_rows, test_rows })
    }
}

fn draw(
    name: &'static str,
    samples: Option<usize>,
    part: LabelledData,
    random: &mut RandomState,
) -> Result<(LabelledData, Vec<usize>), DataError> {
    let Some(samples) = samples else {
        let rows = (0..part.len()).collect();
        return Ok((part, rows));
    };
    if samples == 0 || samples > part.len() {
        let allowed = format!("from 1 to {}, the number of images there are", part.len());
        return Err(ParameterError::new(name, samples, allowed).into());
    }
    let rows = random.choice(part.len(), samples, false)?;
    Ok((part.select(&rows)?, rows))
}
