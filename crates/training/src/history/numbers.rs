//! The numbers of a score by name.

use emberlab_config::ScoreName;
use emberlab_models::Score;

/// Each number of a score with its name, the loss first.
pub fn numbers(score: &Score) -> impl Iterator<Item = (ScoreName, f64)> {
    let metrics = score.metrics().map(|(metric, value)| (ScoreName::Metric(metric), value));
    std::iter::once((ScoreName::Loss, f64::from(score.loss))).chain(metrics)
}

/// The number of a score with a name; NaN if the score does not have it.
pub fn number(score: &Score, name: ScoreName) -> f64 {
    numbers(score).find(|(known, _)| *known == name).map_or(f64::NAN, |(_, value)| value)
}
