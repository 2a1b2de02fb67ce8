//! Which epoch's weights become those of the run.

use crate::backend::Backend;
use crate::config::Select;
use emberlab_models::{Classifier, Score};

/// An epoch whose weights are the best so far.
#[derive(Clone, Copy, Debug)]
pub struct Selected {
    /// The epoch, from 1.
    pub epoch: usize,
    /// Updates made by then.
    pub updates: usize,
    /// Its score on the validation part.
    pub score: Score,
}

/// The best weights so far.
pub struct Selection {
    rule: Select,
    best: Option<(Selected, Classifier<Backend>)>,
}

impl Selection {
    pub fn new(rule: Select) -> Self {
        Self { rule, best: None }
    }

    /// Takes the weights of an epoch where they are better than all before; of equal ones the first stay.
    pub fn offer(&mut self, epoch: Selected, classifier: impl FnOnce() -> Classifier<Backend>) {
        let better = match (&self.best, self.rule) {
            (None, _) | (_, Select::Last) => true,
            (Some((best, _)), Select::Loss) => epoch.score.loss < best.score.loss,
            (Some((best, _)), Select::Accuracy) => epoch.score.correct > best.score.correct,
        };
        if better {
            self.best = Some((epoch, classifier()));
        }
    }

    /// The best epoch and its weights, if any was scored.
    pub fn take(&mut self) -> Option<(Selected, Classifier<Backend>)> {
        self.best.take()
    }
}
