//! The score of some samples, in host memory.

use super::MetricName;
use serde::{Deserialize, Serialize};

/// The loss and the metrics of some samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Mean cross-entropy, in the precision of the device. Each sample counts its class weight, where
    /// the loss has class weights.
    pub loss: f32,
    /// Number of samples.
    pub n_samples: usize,
    /// The sum of the samples' class weights; `None` if each sample counts 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_weight: Option<f64>,
    /// The sums that the metrics are computed from, in the order of the metrics.
    pub sums: Vec<MetricSums>,
}

/// The sums over some samples that a metric is computed from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricSums {
    /// The metric.
    pub metric: MetricName,
    /// The sums.
    pub sums: Vec<f64>,
}

impl Score {
    /// Each metric with its value, in order.
    pub fn metrics(&self) -> impl Iterator<Item = (MetricName, f64)> {
        self.sums.iter().map(|of| (of.metric, of.metric.value(&of.sums, self.n_samples)))
    }

    /// The value of a metric; `None` if the score does not have it.
    pub fn metric(&self, name: MetricName) -> Option<f64> {
        self.metrics().find(|(metric, _)| *metric == name).map(|(_, value)| value)
    }

    /// The number that the mean loss was divided by: the sum of the class weights, or the number of samples.
    pub fn weight(&self) -> f64 {
        self.class_weight.unwrap_or(self.n_samples as f64)
    }
}

/// Adds up scores to the score over all of their samples, each loss by the weight of its samples.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScoreMean {
    weighted_loss: f64,
    n_samples: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    class_weight: Option<f64>,
    sums: Vec<MetricSums>,
}

impl ScoreMean {
    /// Adds the samples of one score, which must have the metrics of those before it.
    pub fn add(&mut self, score: &Score) {
        self.weighted_loss += f64::from(score.loss) * score.weight();
        if self.n_samples == 0 {
            self.sums.clone_from(&score.sums);
        } else {
            for (total, of_score) in self.sums.iter_mut().zip(&score.sums) {
                total.sums.iter_mut().zip(&of_score.sums).for_each(|(total, sum)| *total += sum);
            }
        }
        self.n_samples += score.n_samples;
        if let Some(weight) = score.class_weight {
            *self.class_weight.get_or_insert(0.0) += weight;
        }
    }

    /// The score over all samples so far; `None` without a sample.
    pub fn score(&self) -> Option<Score> {
        let Self { weighted_loss, n_samples, class_weight, ref sums } = *self;
        let weight = class_weight.unwrap_or(n_samples as f64);
        (n_samples > 0).then(|| Score {
            loss: (weighted_loss / weight) as f32,
            n_samples,
            class_weight,
            sums: sums.clone(),
        })
    }
}
