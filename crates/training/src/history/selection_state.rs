//! The epoch that the validation part has chosen so far, and the state of early stopping.

use super::number;
use emberlab_config::{EarlyStopping, ScoreName, Select};
use emberlab_models::Score;
use serde::{Deserialize, Serialize};

/// An epoch that was scored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Selected {
    /// The epoch, from 1.
    pub epoch: usize,
    /// Updates made by then.
    pub updates: usize,
    /// Its score on the validation part.
    pub score: Score,
}

/// Everything that was learnt from the validation part but the weights.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SelectionState {
    /// The epoch whose weights are kept.
    pub best: Option<Selected>,
    stopping: StoppingState,
}

/// The state of early stopping.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct StoppingState {
    /// The best value of the metric that is compared.
    best: Option<f64>,
    /// Validations since the last one that was better, and better than the baseline.
    stale: usize,
    /// Whether the last validation was better than all before.
    improved: bool,
}

impl SelectionState {
    /// Takes the score of an epoch and returns whether its weights are to be kept.
    ///
    /// They are if the score is better than that of all before: by more than `min_delta` if early stopping compares the same
    /// number, as in Keras's `EarlyStopping` with `restore_best_weights`.
    pub fn offer(&mut self, select: Select, early_stopping: Option<EarlyStopping>, epoch: Selected) -> bool {
        if let Some(rule) = early_stopping {
            self.stopping.offer(rule, number(&epoch.score, rule.metric));
        }
        let kept = select.score().is_none_or(|name| {
            let min_delta =
                early_stopping.filter(|rule| rule.metric == name).map_or(0.0, |rule| rule.min_delta);
            let best = self.best.as_ref().map(|best| number(&best.score, name));
            is_better(name, number(&epoch.score, name), best, min_delta)
        });
        if kept {
            self.best = Some(epoch);
        }
        kept
    }

    /// Whether `patience` validations in a row were no better. As in Keras, training goes on after a score that is better
    /// than all before, even if none has reached the baseline.
    pub fn is_exhausted(&self, rule: EarlyStopping) -> bool {
        self.stopping.stale >= rule.patience && !self.stopping.improved
    }

    /// Validations that may still be no better before training ends early.
    pub fn patience_left(&self, rule: EarlyStopping) -> usize {
        rule.patience.saturating_sub(self.stopping.stale)
    }
}

impl StoppingState {
    /// Counts validations without a better value as Keras's `EarlyStopping` counts them: only a value that is better than
    /// the baseline by more than `min_delta` too resets the count.
    fn offer(&mut self, rule: EarlyStopping, value: f64) {
        let EarlyStopping { metric, min_delta, baseline, .. } = rule;
        self.improved = is_better(metric, value, self.best, min_delta);
        self.stale += 1;
        if self.improved {
            self.best = Some(value);
            if is_better(metric, value, baseline, min_delta) {
                self.stale = 0;
            }
        }
    }
}

/// Whether a value is better by more than `min_delta` than the best before, if there is one. Any number is better than NaN,
/// which a loss that overflows becomes.
fn is_better(name: ScoreName, value: f64, best: Option<f64>, min_delta: f64) -> bool {
    best.is_none_or(|best| {
        let gain = if name.description().higher_is_better { value - best } else { best - value };
        gain > min_delta || (best.is_nan() && !value.is_nan())
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use emberlab_models::{MetricName, MetricSums};
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

    const ACCURACY: ScoreName = ScoreName::Metric(MetricName::Accuracy);

    /// An epoch with a loss and an accuracy in 64ths.
    fn scored(epoch: usize, loss: usize, accuracy: usize) -> Selected {
        let sums = vec![MetricSums { metric: MetricName::Accuracy, sums: vec![accuracy as f64] }];
        let score = Score { loss: loss as f32 / 64.0, n_samples: 64, class_weight: None, sums };
        Selected { epoch, updates: epoch, score }
    }

    #[test]
    fn training_ends_and_weights_are_kept_as_by_keras() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/early_stopping.json");
        let golden: Golden = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert!(golden.cases.len() >= 300);
        for (index, case) in golden.cases.iter().enumerate() {
            let metric = if case.accuracy { ACCURACY } else { ScoreName::Loss };
            let (patience, min_delta, baseline) = (case.patience, case.min_delta, case.baseline);
            let rule = EarlyStopping { metric, patience, min_delta, baseline };
            let mut state = SelectionState::default();
            let mut last = 0;
            for (epoch, &score) in (1..).zip(&case.scores) {
                state.offer(Select::Best(metric), Some(rule), scored(epoch, score, score));
                last = epoch;
                if state.is_exhausted(rule) {
                    break;
                }
            }
            let found = (last, state.is_exhausted(rule), state.best.map(|best| best.epoch));
            assert_eq!(found, (case.last, case.stopped, Some(case.best)), "case {index}");
        }
    }

    #[test]
    fn training_can_end_by_another_number_than_weights_are_kept_by() {
        let rule = EarlyStopping { metric: ScoreName::Loss, patience: 2, min_delta: 0.0, baseline: None };
        let mut state = SelectionState::default();
        for (epoch, (loss, accuracy)) in (1..).zip([(9, 10), (8, 11), (9, 12), (8, 13)]) {
            assert!(!state.is_exhausted(rule), "epoch {epoch}");
            assert!(state.offer(Select::Best(ACCURACY), Some(rule), scored(epoch, loss, accuracy)));
        }
        assert!(state.is_exhausted(rule));
    }
}
