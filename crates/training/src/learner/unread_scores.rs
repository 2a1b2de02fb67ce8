//! Scores that are still on the device.

use crate::devices::Backend;
use emberlab_models::{Score, ScoreMean, StepScore};

/// The scores of the last updates, in the order in which they were computed.
#[derive(Default)]
pub struct UnreadScores {
    scores: Vec<StepScore<Backend>>,
    /// How many each update has: its batches, each in as many parts as there are devices.
    of_update: Vec<usize>,
    /// Those since the last update.
    n_open: usize,
}

impl UnreadScores {
    /// Adds one of the update that comes next.
    pub fn push(&mut self, score: StepScore<Backend>) {
        self.scores.push(score);
        self.n_open += 1;
    }

    /// Says that the update is made.
    pub fn end_update(&mut self) {
        self.of_update.push(std::mem::take(&mut self.n_open));
    }

    /// Reads them all in one transfer: the score of each update.
    pub fn read(&mut self) -> Vec<Score> {
        let scores = StepScore::read_all(std::mem::take(&mut self.scores));
        let mut rest = scores.as_slice();
        let merged = std::mem::take(&mut self.of_update).into_iter().filter_map(|n_scores| {
            let (scores, later) = rest.split_at_checked(n_scores)?;
            rest = later;
            let mut mean = ScoreMean::default();
            scores.iter().for_each(|score| mean.add(score));
            // One batch is its own mean, to the last bit.
            if let [score] = scores { Some(*score) } else { mean.score() }
        });
        merged.collect()
    }
}
