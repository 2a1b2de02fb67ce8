//! Loss and accuracy over some samples, and their mean over several batches.

use serde::{Deserialize, Serialize};

/// Loss and accuracy over some samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Mean cross-entropy, in the precision of the device, weighted by class weights if the loss has them.
    pub loss: f32,
    /// Correct predictions.
    pub correct: usize,
    /// Number of samples.
    pub n_samples: usize,
    /// The sum of the samples' class weights; none without class weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_weight: Option<f64>,
}

impl Score {
    /// The share of correct predictions, from 0 to 1.
    pub fn accuracy(&self) -> f64 {
        self.correct as f64 / self.n_samples as f64
    }

    /// The divisor of the mean loss: the sum of the class weights, or the number of samples.
    pub fn weight(&self) -> f64 {
        self.class_weight.unwrap_or(self.n_samples as f64)
    }
}

/// Averages scores over all of their samples, each loss with the weight of its samples.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScoreMean {
    weighted_loss: f64,
    correct: usize,
    n_samples: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    class_weight: Option<f64>,
}

impl ScoreMean {
    /// Adds the samples of one score.
    pub fn add(&mut self, score: &Score) {
        self.weighted_loss += f64::from(score.loss) * score.weight();
        self.correct += score.correct;
        self.n_samples += score.n_samples;
        if let Some(weight) = score.class_weight {
            *self.class_weight.get_or_insert(0.0) += weight;
        }
    }

    /// The score over all samples so far, if there are any.
    pub fn score(&self) -> Option<Score> {
        let Self { weighted_loss, correct, n_samples, class_weight } = *self;
        let weight = class_weight.unwrap_or(n_samples as f64);
        (n_samples > 0).then(|| Score {
            loss: (weighted_loss / weight) as f32,
            correct,
            n_samples,
            class_weight,
        })
    }
}
