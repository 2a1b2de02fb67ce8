//! What the validation part decides: which epoch's weights become those of the run, and whether there
//! is any use in going on.

use crate::devices::Backend;
use emberlab_config::{EarlyStopping, ScoreName, Select};
use emberlab_models::{Classifier, MetricName, Score};
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
    /// The epoch whose weights are kept: the last that was better than all before by more than `min_delta`.
    pub best: Option<Selected>,
    /// Validations since the last one that was better, and better than the baseline.
    stale: usize,
    /// Whether the last validation was better than all before.
    #[serde(default)]
    improved: bool,
}

impl SelectionState {
    /// Takes the score of an epoch and returns whether its weights are to be kept.
    ///
    /// They are where the score is better than that of all before by more than `min_delta`. Validations
    /// without such a score are counted as Keras's `EarlyStopping` counts them: only a score that is better
    /// than the baseline by more than `min_delta` too begins the count again.
    fn offer(&mut self, select: Select, early_stopping: Option<EarlyStopping>, epoch: Selected) -> bool {
        let (min_delta, baseline) = match early_stopping {
            Some(rule) => (rule.min_delta, rule.baseline),
            None => (0.0, None),
        };
        let value = value(select, &epoch.score);
        // A number is better than none, as the loss is where it overflows.
        let is_better = |than: Option<f64>| {
            than.is_none_or(|than| value - than > min_delta || (than.is_nan() && !value.is_nan()))
        };
        self.improved = is_better(self.best.map(|best| self::value(select, &best.score)));
        self.stale += 1;
        if self.improved && is_better(baseline.map(|baseline| sign(select) * baseline)) {
            self.stale = 0;
        }
        let kept = self.improved || select == Select::Last;
        if kept {
            self.best = Some(epoch);
        }
        kept
    }

    /// Whether so many validations in a row as `patience` were no better. As in Keras, training goes on
    /// after a score that is better than all before, even if none has reached the baseline.
    fn is_exhausted(&self, rule: EarlyStopping) -> bool {
        self.stale >= rule.patience && !self.improved
    }
}

/// What is compared of a score; larger is better.
fn value(select: Select, score: &Score) -> f64 {
    match select {
        Select::Best(ScoreName::Loss) | Select::Last => sign(select) * f64::from(score.loss),
        Select::Best(ScoreName::Metric(MetricName::Accuracy)) => sign(select) * score.accuracy(),
        // A score has no other metric, and NaN is never better.
        Select::Best(ScoreName::Metric(_)) => f64::NAN,
    }
}

/// Turns round losses, of which smaller ones are better.
fn sign(select: Select) -> f64 {
    match select {
        Select::Best(ScoreName::Loss) | Select::Last => -1.0,
        Select::Best(ScoreName::Metric(_)) => 1.0,
    }
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
        if self.state.offer(self.rule, self.early_stopping, epoch) {
            self.weights = Some(classifier);
        }
    }

    /// Whether as many validations in a row as are allowed were no better.
    pub fn is_exhausted(&self) -> bool {
        self.early_stopping.is_some_and(|rule| self.state.is_exhausted(rule))
    }

    /// Validations that may still be no better before training ends early; nothing where it does not.
    pub fn patience_left(&self) -> Option<usize> {
        self.early_stopping.map(|rule| rule.patience.saturating_sub(self.state.stale))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use std::path::Path;

    /// Values from `tests/golden/early_stopping.py`.
    #[derive(Deserialize)]
    struct Golden {
        cases: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        /// Whether the score is an accuracy.
        accuracy: bool,
        /// Scores in 64ths.
        scores: Vec<usize>,
        patience: usize,
        min_delta: f64,
        baseline: Option<f64>,
        /// The epoch after which training ended, from 1; the number of scores where it did not end early.
        last: usize,
        stopped: bool,
        /// The epoch whose weights were kept.
        best: usize,
    }

    #[test]
    fn training_ends_and_weights_are_kept_as_by_keras() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/early_stopping.json");
        let golden: Golden = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert!(golden.cases.len() >= 300);
        for (index, case) in golden.cases.iter().enumerate() {
            let metric =
                if case.accuracy { ScoreName::Metric(MetricName::Accuracy) } else { ScoreName::Loss };
            let select = Select::Best(metric);
            let rule = EarlyStopping {
                metric,
                patience: case.patience,
                min_delta: case.min_delta,
                baseline: case.baseline,
            };
            let mut state = SelectionState::default();
            let mut last = 0;
            for (epoch, &score) in (1..).zip(&case.scores) {
                let score =
                    Score { loss: score as f32 / 64.0, correct: score, n_samples: 64, class_weight: None };
                state.offer(select, Some(rule), Selected { epoch, updates: epoch, score });
                last = epoch;
                if state.is_exhausted(rule) {
                    break;
                }
            }
            let found = (last, state.is_exhausted(rule), state.best.map(|best| best.epoch));
            assert_eq!(found, (case.last, case.stopped, Some(case.best)), "case {index}");
        }
    }
}
