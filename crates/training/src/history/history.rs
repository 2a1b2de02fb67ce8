//! The scores on one part of the data over the epochs.

use super::numbers;
use emberlab_config::ScoreName;
use emberlab_models::{MetricName, Score};
use serde::{Deserialize, Serialize};

/// The last score on a part, and the best value of each of its numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The last score.
    pub last: Option<Score>,
    best: Vec<Best>,
}

/// The best value of a number at the end of an epoch; of equal ones the first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// The metric; `None` for the loss.
    metric: Option<MetricName>,
    /// The value.
    pub value: f64,
    /// The epoch, from 1.
    pub epoch: usize,
}

impl History {
    /// Takes the score at the end of an epoch.
    pub fn end_epoch(&mut self, epoch: usize, score: Score) {
        for (name, value) in numbers(&score) {
            let metric = name.metric();
            match self.best.iter_mut().find(|best| best.metric == metric) {
                Some(best) if name.description().is_better(value, best.value) => {
                    (best.value, best.epoch) = (value, epoch);
                }
                Some(_) => {}
                None => self.best.push(Best { metric, value, epoch }),
            }
        }
        self.last = Some(score);
    }

    /// The best value of a number; `None` before the end of the first epoch.
    pub fn best(&self, name: ScoreName) -> Option<Best> {
        self.best.iter().find(|best| best.metric == name.metric()).copied()
    }
}
