//! Which settings did best.

use super::Point;
use crate::run_summary::RunSummary;
use serde::Serialize;

/// A mean over seeds and the standard deviation, by `n - 1`; none for one seed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub deviation: Option<f64>,
}

impl Mean {
    fn of(values: &[f64]) -> Option<Self> {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let deviation = (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt());
        (!values.is_empty()).then_some(Self { mean, deviation })
    }
}

/// Settings and how well they did.
#[derive(Clone, Debug, Serialize)]
pub struct Rank {
    /// Keys and values.
    pub settings: Vec<(String, String)>,
    /// The runs with these settings, one for each seed.
    pub runs: Vec<String>,
    /// The loss that they are ranked by.
    pub loss: Option<Mean>,
    /// The share of the validation part predicted right.
    pub validation_accuracy: Option<Mean>,
    /// The share of the test part predicted right; nothing is ranked by it.
    pub test_accuracy: Option<Mean>,
}

/// The settings in order, the smallest mean loss first: that of the validation part where there is one,
/// else that of the training part.
pub fn rank(points: &[(Point, Vec<RunSummary>)]) -> Vec<Rank> {
    let mean = |runs: &[RunSummary], value: &dyn Fn(&RunSummary) -> Option<f64>| {
        Mean::of(&runs.iter().filter_map(value).collect::<Vec<_>>())
    };
    let ranks = points.iter().map(|(point, runs)| Rank {
        settings: point.settings.clone(),
        runs: runs.iter().map(|run| run.name.clone()).collect(),
        loss: mean(runs, &|run| {
            run.metrics.validation.or(run.metrics.train).map(|score| f64::from(score.loss))
        }),
        validation_accuracy: mean(runs, &|run| run.metrics.validation.map(|score| score.accuracy)),
        test_accuracy: mean(runs, &|run| run.metrics.test.map(|score| score.accuracy)),
    });
    let mut ranks: Vec<Rank> = ranks.collect();
    let loss = |rank: &Rank| rank.loss.map_or(f64::INFINITY, |loss| loss.mean);
    ranks.sort_by(|left, right| loss(left).total_cmp(&loss(right)));
    ranks
}
