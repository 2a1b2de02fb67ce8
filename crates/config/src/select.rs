//! `training.select`: the epoch whose weights are kept.

use super::score_name::ScoreName;

/// The epoch whose weights become those of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Select {
    /// The one with the best score on the validation part, by the loss or by a metric.
    Best(ScoreName),
    /// The last one.
    Last,
}

impl Select {
    /// What epochs are compared by; `None` if they are not.
    pub fn score(self) -> Option<ScoreName> {
        match self {
            Self::Best(score) => Some(score),
            Self::Last => None,
        }
    }
}

/// Each value with its word.
pub(super) fn words() -> Vec<(&'static str, Select)> {
    let best = ScoreName::all().map(|score| (score.name(), Select::Best(score)));
    best.chain([("last", Select::Last)]).collect()
}
