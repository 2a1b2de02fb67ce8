//! What the validation part decides: which epoch's weights become those of the run, and whether there
//! is any use in going on.

use crate::backend::Backend;
use crate::config::{EarlyStopping, Select};
use emberlab_models::{Classifier, Score};
use serde::{Deserialize, Serialize};

/// An epoch that was scored.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Selected {
    /// The epoch, from 1.
    pub epoch: usize,
    /// Updates made by then.
    pub updates: usize,
    /// Its score on the validation part.
    pub score: Score,
}

/// All that was learnt from the validation part but for the weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SelectionState {
    /// The epoch whose weights are the best.
    pub best: Option<Selected>,
    /// The last score that was better by more than the minimum change.
    reference: Option<Score>,
    /// Scores since then.
    stale: usize,
}

/// The best weights so far.
pub struct Selection {
    rule: Select,
    early_stopping: Option<EarlyStopping>,
    state: SelectionState,
    weights: Option<Classifier<Backend>>,
}

impl Selection {
    pub fn new(rule: Select, early_stopping: Option<EarlyStopping>) -> Self {
        Self { rule, early_stopping, state: SelectionState::default(), weights: None }
    }

    /// Goes on from what an earlier selection found.
    pub fn resume(&mut self, state: SelectionState, weights: Option<Classifier<Backend>>) {
        (self.state, self.weights) = (state, weights);
    }

    pub fn state(&self) -> SelectionState {
        self.state
    }

    /// The best weights so far.
    pub fn weights(&self) -> Option<&Classifier<Backend>> {
        self.weights.as_ref()
    }

    /// Takes the weights of an epoch where they are better than all before; of equal ones the first stay.
    pub fn offer(&mut self, epoch: Selected, classifier: Classifier<Backend>) {
        let minimum_change = self.early_stopping.map_or(0.0, |rule| rule.minimum_change);
        match self.gain(&epoch.score, self.state.reference) > minimum_change {
            true => (self.state.reference, self.state.stale) = (Some(epoch.score), 0),
            false => self.state.stale += 1,
        }
        let best = self.state.best.map(|best| best.score);
        if self.rule == Select::Last || self.gain(&epoch.score, best) > 0.0 {
            self.state.best = Some(epoch);
            self.weights = Some(classifier);
        }
    }

    /// Whether as many scores in a row as are allowed were no better.
    pub fn is_exhausted(&self) -> bool {
        self.early_stopping.is_some_and(|rule| self.state.stale >= rule.patience)
    }

    /// Scores that may still be no better before training ends early; nothing where it does not.
    pub fn patience_left(&self) -> Option<usize> {
        self.early_stopping.map(|rule| rule.patience.saturating_sub(self.state.stale))
    }

    /// How much better a score is than another, or than none.
    fn gain(&self, score: &Score, than: Option<Score>) -> f64 {
        let Some(than) = than else { return f64::INFINITY };
        match self.rule {
            Select::Loss | Select::Last => f64::from(than.loss) - f64::from(score.loss),
            Select::Accuracy => score.accuracy() - than.accuracy(),
        }
    }
}
