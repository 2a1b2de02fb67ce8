//! Scores that are still on the device.

use crate::devices::Backend;
use emberlab_models::{Score, ScoreMean, StepScore};

/// The scores of the last updates, in the order in which they were computed.
#[derive(Default)]
pub struct UnreadScores {
    scores: Vec<StepScore<Backend>>,
    /// The number of scores of each update: one for each device and batch.
    of_update: Vec<usize>,
    /// Scores since the last update.
    n_open: usize,
}

impl UnreadScores {
    /// Adds a score of the next update.
    pub fn push(&mut self, score: StepScore<Backend>) {
        self.scores.push(score);
        self.n_open += 1;
    }

    /// Ends an update.
    pub fn end_update(&mut self) {
        self.of_update.push(std::mem::take(&mut self.n_open));
    }

    /// Reads all scores in one transfer, and returns that of each update.
    pub fn read(&mut self) -> Vec<Score> {
        let mut scores = StepScore::read_all(std::mem::take(&mut self.scores)).into_iter();
        let merged = std::mem::take(&mut self.of_update).into_iter().filter_map(|n_scores| {
            if n_scores == 1 {
                // One batch is its own mean, to the last bit.
                return scores.next();
            }
            let mut mean = ScoreMean::default();
            scores.by_ref().take(n_scores).for_each(|score| mean.add(&score));
            mean.score()
        });
        merged.collect()
    }
}
