//! The epoch whose weights become those of the run, and when training ends early, by the scores on the validation part.

use crate::devices::Backend;
use crate::history::{Selected, SelectionState};
use emberlab_config::{EarlyStopping, ScoreName, Select};
use emberlab_models::Classifier;

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

    /// Continues from the state and the best weights of an earlier selection.
    pub fn resume(&mut self, state: SelectionState, weights: Option<Classifier<Backend>>) {
        (self.state, self.weights) = (state, weights);
    }

    pub fn state(&self) -> &SelectionState {
        &self.state
    }

    /// The number that epochs are compared by; the loss if the last epoch is kept.
    pub fn score_name(&self) -> ScoreName {
        self.rule.score().unwrap_or(ScoreName::Loss)
    }

    /// The best weights so far.
    pub fn weights(&self) -> Option<&Classifier<Backend>> {
        self.weights.as_ref()
    }

    /// Takes the weights of an epoch if they are better than all before; of equal ones the first stay.
    pub fn offer(&mut self, epoch: Selected, classifier: Classifier<Backend>) {
        if self.state.offer(self.rule, self.early_stopping, epoch) {
            self.weights = Some(classifier);
        }
    }

    /// Whether early stopping ends the training.
    pub fn is_exhausted(&self) -> bool {
        self.early_stopping.is_some_and(|rule| self.state.is_exhausted(rule))
    }

    /// Validations that may still be no better before training ends early; `None` without early stopping.
    pub fn patience_left(&self) -> Option<usize> {
        self.early_stopping.map(|rule| self.state.patience_left(rule))
    }
}
