//! The ranking of settings by a number that can be compared.

use super::Point;
use emberlab_config::ScoreName;
use emberlab_models::MetricName;
use emberlab_run::comparable::changes_training_loss;
use emberlab_run::{Metrics, RunSummary, Scores};
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

/// The mean over seeds and the standard deviation, divided by `n - 1`; no deviation for one seed.
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

/// The number that settings are ranked by, as in `validation-loss`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankedBy {
    /// The part of the data.
    pub part: RankedPart,
    /// The number of its score.
    pub metric: ScoreName,
}

/// The part of the data that settings are ranked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RankedPart {
    /// The validation part, of which the loss is the plain cross-entropy.
    Validation,
    /// The training part, if there is no validation part and all runs minimise the same loss.
    Training,
}

impl Display for RankedBy {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let part = match self.part {
            RankedPart::Validation => "validation",
            RankedPart::Training => "training",
        };
        write!(formatter, "{part}-{}", self.metric.name().replace(' ', "-"))
    }
}

impl Serialize for RankedBy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Settings with the scores of their runs.
#[derive(Clone, Debug, Serialize)]
pub struct Rank {
    /// The rank, from 1, among those that were trained on the same data; `None` if they cannot be compared.
    pub rank: Option<usize>,
    /// Number of the data, from 1; settings on different data are not compared.
    pub data: usize,
    /// The number that the rank is by.
    pub by: Option<RankedBy>,
    /// Keys and values.
    pub settings: Vec<(String, String)>,
    /// The runs with these settings, one for each seed.
    pub runs: Vec<String>,
    /// The loss on the validation part, or on the training part if there is none.
    pub loss: Option<Mean>,
    /// The metric that was asked for on the same part, unless it is the loss.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<Mean>,
    /// The share of the validation part predicted right.
    pub validation_accuracy: Option<Mean>,
    /// The share of the test part predicted right; nothing is ranked by it.
    pub test_accuracy: Option<Mean>,
}

impl Rank {
    /// The score that the rank is by.
    pub fn score(&self) -> Option<Mean> {
        self.metric.or(self.loss)
    }
}

/// The settings with their runs, those on the same data together and the best of them first.
///
/// They are ranked by the mean of `metric` on the validation part. Without one they are ranked by that on the training part,
/// unless they minimise different losses; then they keep their order and have no rank.
pub fn rank(points: &[(Point, Vec<RunSummary>)], metric: ScoreName) -> Vec<Rank> {
    let mut ranks = Vec::new();
    for (group, points) in (1..).zip(same_data(points)) {
        let by = ranked_part(&points).map(|part| RankedBy { part, metric });
        let mut group: Vec<Rank> =
            points.iter().map(|(point, runs)| of_point(point, runs, group, by, metric)).collect();
        if by.is_some() {
            let sign = if metric.description().higher_is_better { -1.0 } else { 1.0 };
            let cost = |rank: &Rank| rank.score().map_or(f64::INFINITY, |score| sign * score.mean);
            group.sort_by(|left, right| cost(left).total_cmp(&cost(right)));
            let ranked = (1..).zip(group.iter_mut().filter(|rank| rank.score().is_some()));
            ranked.for_each(|(place, rank)| rank.rank = Some(place));
        }
        ranks.extend(group);
    }
    ranks
}

type PointRuns = (Point, Vec<RunSummary>);

/// The settings whose runs were trained on the same data, group by group. With several seeds each seed may
/// have its own data; runs that failed have none.
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

fn ranked_part(points: &[&PointRuns]) -> Option<RankedPart> {
    if points.iter().flat_map(|(_, runs)| runs).all(|run| run.metrics.validation.is_some()) {
        return Some(RankedPart::Validation);
    }
    let differs = |place: usize| {
        points.windows(2).any(|pair| pair[0].0.settings.get(place) != pair[1].0.settings.get(place))
    };
    let settings = points.first().map_or(&[][..], |(point, _)| &point.settings);
    let minimised =
        settings.iter().enumerate().any(|(place, (key, _))| changes_training_loss(key) && differs(place));
    (!minimised).then_some(RankedPart::Training)
}

fn of_point(
    point: &Point,
    runs: &[RunSummary],
    data: usize,
    by: Option<RankedBy>,
    metric: ScoreName,
) -> Rank {
    let mean = |scores: fn(&Metrics) -> Option<&Scores>, name: ScoreName| {
        let values = runs.iter().filter_map(|run| scores(&run.metrics)?.get(name.name()));
        Mean::of(&values.collect::<Vec<_>>())
    };
    let compared: fn(&Metrics) -> Option<&Scores> =
        |metrics| metrics.validation.as_ref().or(metrics.train.as_ref());
    let accuracy = ScoreName::Metric(MetricName::Accuracy);
    Rank {
        rank: None,
        data,
        by,
        settings: point.settings.clone(),
        runs: runs.iter().map(|run| run.name.clone()).collect(),
        loss: mean(compared, ScoreName::Loss),
        metric: (metric != ScoreName::Loss).then(|| mean(compared, metric)).flatten(),
        validation_accuracy: mean(|metrics| metrics.validation.as_ref(), accuracy),
        test_accuracy: mean(|metrics| metrics.test.as_ref(), accuracy),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use emberlab_run::DataSummary;
    use emberlab_run::{Outcome, Seconds};

    fn run(name: &str, data: &str, train: f32, validation: Option<f32>) -> RunSummary {
        let score = |loss: f32| Scores::new(loss, [("accuracy", f64::from(loss) / 2.0)]);
        RunSummary {
            started: None,
            name: name.to_owned(),
            outcome: Outcome::Finished,
            busy: false,
            updates: 1,
            metrics: Metrics { train: Some(score(train)), validation: validation.map(score), test: None },
            seconds: Seconds::default(),
            model: String::new(),
            data: DataSummary { sha256: data.to_owned(), n_test: 0 },
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
        let ranks = rank(&points, ScoreName::Loss);
        assert_eq!(shown(&ranks), [(1, Some(1), "0.3"), (1, Some(2), "0"), (1, None, "0.5")]);
        assert_eq!(serde_json::to_value(ranks[0].by).unwrap(), "validation-loss");
    }

    #[test]
    fn the_largest_value_comes_first_of_a_metric_that_is_better_larger() {
        let accuracy = ScoreName::Metric(MetricName::Accuracy);
        let points = [
            point("k", "1", vec![run("1", "a", 0.1, Some(0.4))]),
            point("k", "2", vec![]),
            point("k", "3", vec![run("2", "a", 0.1, Some(0.6))]),
        ];
        let ranks = rank(&points, accuracy);
        assert_eq!(shown(&ranks), [(1, Some(1), "3"), (1, Some(2), "1"), (1, None, "2")]);
        assert_eq!(serde_json::to_value(ranks[0].by).unwrap(), "validation-accuracy");
        // No run has the metric.
        let ranks = rank(&points, ScoreName::Metric(MetricName::TopFiveAccuracy));
        assert!(ranks.iter().all(|rank| rank.metric.is_none()));
    }

    #[test]
    fn training_losses_are_ranked_only_where_they_are_of_one_kind() {
        let runs = |key| {
            [point(key, "1", vec![run("1", "a", 0.5, None)]), point(key, "2", vec![run("2", "a", 0.3, None)])]
        };
        let ranks = rank(&runs("model.hidden"), ScoreName::Loss);
        assert_eq!(shown(&ranks), [(1, Some(1), "2"), (1, Some(2), "1")]);
        assert_eq!(serde_json::to_value(ranks[0].by).unwrap(), "training-loss");
        for key in ["model.dropout", "training.class_weights", "data.augment"] {
            let ranks = rank(&runs(key), ScoreName::Loss);
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
        let ranks = rank(&points, ScoreName::Loss);
        let wanted = [(1, Some(1), "3"), (1, Some(2), "1"), (2, Some(1), "4"), (2, Some(2), "2")];
        assert_eq!(shown(&ranks), wanted);
    }
}
