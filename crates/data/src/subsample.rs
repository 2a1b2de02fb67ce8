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
        let train = draw("train_samples", self.train_samples, train, random)?;
        let test = draw("test_samples", self.test_samples, test, random)?;
        Ok(Splits { train, validation: None, test })
    }
}

fn draw(
    name: &'static str,
    samples: Option<usize>,
    all: LabelledData,
    random: &mut RandomState,
) -> Result<Part, DataError> {
    let Some(samples) = samples else {
        let rows = (0..all.len()).collect();
        return Ok(Part { samples: all, rows });
    };
    if samples == 0 || samples > all.len() {
        let allowed = format!("from 1 to {}, the number of images there are", all.len());
        return Err(ParameterError::new(name, samples, allowed).into());
    }
    let rows = random.choice(all.len(), samples, false)?;
    Ok(Part { samples: all.select(&rows)?, rows })
}
