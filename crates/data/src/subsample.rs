//! The lab's subsample of a set that comes in a training and a test part.

use crate::error::{DataError, ParameterError};
use crate::labelled_data::LabelledData;
use crate::random_state::RandomState;
use crate::splits::{Part, Splits};

/// How many images of each part are used; all in the files' order where a number is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subsample {
    /// Images drawn from the training part.
    pub train_samples: Option<usize>,
    /// Images drawn from the test part.
    pub test_samples: Option<usize>,
}

impl Subsample {
    /// Draws from each part without replacement, the training part first:
    /// `RandomState(seed).choice(n, samples, replace=False)`, rows kept in drawn order.
    ///
    /// # Errors
    ///
    /// [`DataError::Parameter`] when more images are asked for than there are.
    pub fn draw(
        &self,
        train: LabelledData,
        test: LabelledData,
        random: &mut RandomState,
    ) -> Result<Splits, DataError> {
        let [of_train, of_test] = self.rows([train.len(), test.len()], random)?;
        Ok(Splits { train: part(train, of_train)?, validation: None, test: part(test, of_test)? })
    }

    /// The rows that are drawn from a training and a test part of so many images; none where all are taken.
    pub(crate) fn rows(
        &self,
        [n_train, n_test]: [usize; 2],
        random: &mut RandomState,
    ) -> Result<[Option<Vec<usize>>; 2], DataError> {
        let train = rows("train_samples", self.train_samples, n_train, random)?;
        Ok([train, rows("test_samples", self.test_samples, n_test, random)?])
    }
}

fn rows(
    name: &'static str,
    samples: Option<usize>,
    n: usize,
    random: &mut RandomState,
) -> Result<Option<Vec<usize>>, DataError> {
    let Some(samples) = samples else { return Ok(None) };
    if samples == 0 || samples > n {
        let allowed = format!("from 1 to {n}, the number of images there are");
        return Err(ParameterError::new(name, samples, allowed).into());
    }
    Ok(Some(random.choice(n, samples, false)?))
}

/// The samples at `rows`, or all.
fn part(all: LabelledData, rows: Option<Vec<usize>>) -> Result<Part, DataError> {
    match rows {
        Some(rows) => Ok(Part { samples: all.select(&rows)?, rows }),
        None => Ok(Part { rows: (0..all.len()).collect(), samples: all }),
    }
}
