//! How the score on one part of the data went.

use emberlab_models::Score;
use serde::{Deserialize, Serialize};

/// The last score on a part, and the best ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// The last score.
    pub last: Option<Score>,
    /// The smallest loss of an epoch.
    pub lowest_loss: Option<Best>,
    /// The largest accuracy of an epoch, from 0 to 1.
    pub highest_accuracy: Option<Best>,
}

/// The best value of a metric; of equal ones the first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// The value.
    pub value: f64,
    /// The epoch, from 1.
    pub epoch: usize,
}

impl Course {
    /// Takes the score at the end of an epoch.
    pub fn end_epoch(&mut self, epoch: usize, score: Score) {
        self.last = Some(score);
        let (loss, accuracy) = (f64::from(score.loss), score.accuracy());
        if self.lowest_loss.is_none_or(|best| loss < best.value) {
            self.lowest_loss = Some(Best { value: loss, epoch });
        }
        if self.highest_accuracy.is_none_or(|best| accuracy > best.value) {
            self.highest_accuracy = Some(Best { value: accuracy, epoch });
        }
    }
}
