//! Scores that are still on the device.

use crate::devices::Backend;
use emberlab_models::{Score, ScoreMean, StepScore};

/// The scores of the last updates, in the order in which they were computed.
#[derive(Default)]
pub struct UnreadScores {
    scores: Vec<StepScore<Backend>>,
    /// The number of scores of each update, one for each device and batch, and its learning rate.
    of_update: Vec<(usize, f64)>,
    /// Scores since the last update.
    n_open: usize,
}

impl UnreadScores {
    /// Adds a score of the next update.
    pub fn push(&mut self, score: StepScore<Backend>) {
        self.scores.push(score);
        self.n_open += 1;
    }

    /// Ends an update, which had this learning rate.
    pub fn end_update(&mut self, learning_rate: f64) {
        self.of_update.push((std::mem::take(&mut self.n_open), learning_rate));
    }

    /// Reads all scores in one transfer, and returns that of each update, with its learning rate.
    pub fn read(&mut self) -> Vec<(Score, f64)> {
        let mut scores = StepScore::read_all(std::mem::take(&mut self.scores)).into_iter();
        let merged =
            std::mem::take(&mut self.of_update).into_iter().filter_map(|(n_scores, learning_rate)| {
                if n_scores == 1 {
                    // One batch is its own mean, to the last bit.
                    return Some((scores.next()?, learning_rate));
                }
                let mut mean = ScoreMean::default();
                scores.by_ref().take(n_scores).for_each(|score| mean.add(&score));
                Some((mean.score()?, learning_rate))
            });
        merged.collect()
    }
}
