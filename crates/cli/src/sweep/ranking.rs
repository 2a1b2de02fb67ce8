//! Which settings did best, by what can be compared.

use super::Point;
use emberlab_run::RunSummary;
use emberlab_run::comparable::changes_training_loss;
use serde::Serialize;
use std::collections::BTreeSet;

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

/// What settings are ranked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RankedBy {
    /// The plain cross-entropy on the validation part.
    ValidationLoss,
    /// The loss on the training part, where there is no validation part and all runs minimise the same loss.
    TrainingLoss,
}

/// Settings and how well they did.
#[derive(Clone, Debug, Serialize)]
pub struct Rank {
    /// The place, from 1, among those that were trained on the same data; none where nothing that can be
    /// compared is known.
    pub rank: Option<usize>,
    /// Which data, from 1; settings on different data are not compared.
    pub data: usize,
    /// What the place is by.
    pub by: Option<RankedBy>,
    /// Keys and values.
    pub settings: Vec<(String, String)>,
    /// The runs with these settings, one for each seed.
    pub runs: Vec<String>,
    /// The loss on the validation part, or on the training part where there is none.
    pub loss: Option<Mean>,
    /// The share of the validation part predicted right.
    pub validation_accuracy: Option<Mean>,
    /// The share of the test part predicted right; nothing is ranked by it.
    pub test_accuracy: Option<Mean>,
}

/// The settings with their runs, those on the same data together and the best of them first.
///
/// They are ranked by the mean loss on the validation part. Without one they are ranked by that on the
/// training part, unless they differ in what is minimised; then they keep their order and have no rank.
pub fn rank(points: &[(Point, Vec<RunSummary>)]) -> Vec<Rank> {
    let mut ranks = Vec::new();
    for (group, points) in (1..).zip(same_data(points)) {
        let by = ranked_by(&points);
        let mut group: Vec<Rank> =
            points.iter().map(|(point, runs)| of_point(point, runs, group, by)).collect();
        if by.is_some() {
            let loss = |rank: &Rank| rank.loss.map_or(f64::INFINITY, |loss| loss.mean);
            group.sort_by(|left, right| loss(left).total_cmp(&loss(right)));
            let ranked = (1..).zip(group.iter_mut().filter(|rank| rank.loss.is_some()));
            ranked.for_each(|(place, rank)| rank.rank = Some(place));
        }
        ranks.extend(group);
    }
    ranks
}

type PointRuns = (Point, Vec<RunSummary>);

/// The settings whose runs were trained on the same data, group by group. With several seeds each seed may
/// have its own data; of runs that failed nothing is known.
fn same_data(points: &[PointRuns]) -> Vec<Vec<&PointRuns>> {
    let mut groups: Vec<(BTreeSet<&str>, Vec<&PointRuns>)> = Vec::new();
    for point in points {
        let data: BTreeSet<&str> = point.1.iter().map(|run| run.data.sha256.as_str()).collect();
        let same = groups.iter_mut().find(|(known, _)| data.is_subset(known) || known.is_subset(&data));
        match same {
            Some((known, group)) => {
                known.extend(data);
                group.push(point);
            }
            None => groups.push((data, vec![point])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn ranked_by(points: &[&PointRuns]) -> Option<RankedBy> {
    if points.iter().flat_map(|(_, runs)| runs).all(|run| run.metrics.validation.is_some()) {
        return Some(RankedBy::ValidationLoss);
    }
    let differs = |place: usize| {
        points.windows(2).any(|pair| pair[0].0.settings.get(place) != pair[1].0.settings.get(place))
    };
    let settings = points.first().map_or(&[][..], |(point, _)| &point.settings);
    let minimised =
        settings.iter().enumerate().any(|(place, (key, _))| changes_training_loss(key) && differs(place));
    (!minimised).then_some(RankedBy::TrainingLoss)
}

fn of_point(point: &Point, runs: &[RunSummary], data: usize, by: Option<RankedBy>) -> Rank {
    let mean = |value: &dyn Fn(&RunSummary) -> Option<f64>| {
        Mean::of(&runs.iter().filter_map(value).collect::<Vec<_>>())
    };
    Rank {
        rank: None,
        data,
        by,
        settings: point.settings.clone(),
        runs: runs.iter().map(|run| run.name.clone()).collect(),
        loss: mean(&|run| run.metrics.validation.or(run.metrics.train).map(|score| f64::from(score.loss))),
        validation_accuracy: mean(&|run| run.metrics.validation.map(|score| score.accuracy)),
        test_accuracy: mean(&|run| run.metrics.test.map(|score| score.accuracy)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use emberlab_run::DataSummary;
    use emberlab_run::{Metrics, Outcome, ScoreRecord, Seconds};

    fn run(name: &str, data: &str, train: f32, validation: Option<f32>) -> RunSummary {
        let score = |loss| ScoreRecord { loss, accuracy: 0.5 };
        RunSummary {
            name: name.to_owned(),
            outcome: Outcome::Finished,
            busy: false,
            updates: 1,
            metrics: Metrics { train: Some(score(train)), validation: validation.map(score), test: None },
            seconds: Seconds::default(),
            model: String::new(),
            data: DataSummary { sha256: data.to_owned() },
        }
    }

    fn point(key: &str, value: &str, runs: Vec<RunSummary>) -> PointRuns {
        (Point { settings: vec![(key.to_owned(), value.to_owned())] }, runs)
    }

    fn shown(ranks: &[Rank]) -> Vec<(usize, Option<usize>, &str)> {
        ranks.iter().map(|rank| (rank.data, rank.rank, rank.settings[0].1.as_str())).collect()
    }

    #[test]
    fn the_smallest_validation_loss_comes_first_whatever_is_minimised() {
        let key = "training.label_smoothing";
        let points = [
            point(key, "0", vec![run("1", "a", 0.1, Some(0.4))]),
            point(key, "0.3", vec![run("2", "a", 0.9, Some(0.2))]),
            point(key, "0.5", vec![]),
        ];
        let ranks = rank(&points);
        assert_eq!(shown(&ranks), [(1, Some(1), "0.3"), (1, Some(2), "0"), (1, None, "0.5")]);
        assert_eq!(ranks[0].by, Some(RankedBy::ValidationLoss));
    }

    #[test]
    fn training_losses_are_ranked_only_where_they_are_of_one_kind() {
        let runs = |key| {
            [point(key, "1", vec![run("1", "a", 0.5, None)]), point(key, "2", vec![run("2", "a", 0.3, None)])]
        };
        let ranks = rank(&runs("model.hidden"));
        assert_eq!(shown(&ranks), [(1, Some(1), "2"), (1, Some(2), "1")]);
        assert_eq!(ranks[0].by, Some(RankedBy::TrainingLoss));
        for key in ["model.dropout", "training.class_weights", "data.augment"] {
            let ranks = rank(&runs(key));
            assert_eq!(shown(&ranks), [(1, None, "1"), (1, None, "2")], "{key}");
            assert_eq!(ranks[0].by, None);
        }
    }

    #[test]
    fn settings_on_different_data_are_ranked_apart() {
        let seeds = |first: &str, second: &str, loss: f32| {
            vec![run("", first, 1.0, Some(loss)), run("", second, 1.0, Some(loss))]
        };
        let points = [
            point("k", "1", seeds("a", "b", 0.5)),
            point("k", "2", seeds("c", "d", 0.1)),
            // One seed failed.
            point("k", "3", vec![run("", "b", 1.0, Some(0.4))]),
            point("k", "4", seeds("c", "d", 0.05)),
        ];
        let ranks = rank(&points);
        let wanted = [(1, Some(1), "3"), (1, Some(2), "1"), (2, Some(1), "4"), (2, Some(2), "2")];
        assert_eq!(shown(&ranks), wanted);
    }
}
