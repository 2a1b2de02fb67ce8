//! Loss and accuracy of one batch, and how they reach Burn's metrics.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use burn::train::ItemLazy;
use serde::{Deserialize, Serialize};

/// Loss and accuracy over some samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Mean cross-entropy, in the precision of the device.
    pub loss: f32,
    /// Samples predicted right.
    pub correct: usize,
    /// Samples in all.
    pub n_samples: usize,
}

impl Score {
    /// The share of samples predicted right, from 0 to 1.
    pub fn accuracy(&self) -> f64 {
        self.correct as f64 / self.n_samples as f64
    }
}

/// Adds up scores to the score over all of their samples.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScoreMean {
    weighted_loss: f64,
    correct: usize,
    n_samples: usize,
}

impl ScoreMean {
    /// Adds the samples of one score.
    pub fn add(&mut self, score: &Score) {
        self.weighted_loss += f64::from(score.loss) * score.n_samples as f64;
        self.correct += score.correct;
        self.n_samples += score.n_samples;
    }

    /// The score over all samples so far, if there are any.
    pub fn score(&self) -> Option<Score> {
        (self.n_samples > 0).then(|| Score {
            loss: (self.weighted_loss / self.n_samples as f64) as f32,
            correct: self.correct,
            n_samples: self.n_samples,
        })
    }
}

/// A [`Score`] that is still on the device, so that computing it waits for nothing.
#[derive(Clone, Debug)]
pub struct PendingScore<B: Backend> {
    /// The mean loss and the number of samples predicted right, `[2]`.
    values: Tensor<B, 1>,
    n_samples: usize,
}

impl<B: Backend> PendingScore<B> {
    /// A score from the mean loss `[1]` and the number of right predictions `[1]`.
    pub fn new(loss: Tensor<B, 1>, correct: Tensor<B, 1>, n_samples: usize) -> Self {
        let correct = correct.cast(loss.dtype());
        Self { values: Tensor::cat(vec![loss, correct], 0), n_samples }
    }

    /// Reads the score.
    pub fn read(self) -> Score {
        let values = self.values.into_data();
        let mut values = values.iter::<f32>();
        let (loss, correct) = (values.next().unwrap_or(f32::NAN), values.next().unwrap_or(f32::NAN));
        Score { loss, correct: correct as usize, n_samples: self.n_samples }
    }

    /// Reads several scores in one transfer.
    pub fn read_all(pending: Vec<Self>) -> Vec<Score> {
        if pending.is_empty() {
            return Vec::new();
        }
        let sizes: Vec<usize> = pending.iter().map(|score| score.n_samples).collect();
        let values = Tensor::cat(pending.into_iter().map(|score| score.values).collect(), 0);
        let values: Vec<f32> = values.into_data().iter::<f32>().collect();
        let (pairs, _) = values.as_chunks::<2>();
        let scores = pairs.iter().zip(sizes).map(|(&[loss, correct], n_samples)| Score {
            loss,
            correct: correct as usize,
            n_samples,
        });
        scores.collect()
    }
}

/// What an update or a validation step reports: a score on the device, or one that was read.
#[derive(Clone, Debug)]
pub enum StepScore<B: Backend> {
    /// Still on the device.
    Pending(PendingScore<B>),
    /// Read.
    Read(Score),
}

impl<B: Backend> StepScore<B> {
    /// Reads several scores, those on the device in one transfer. The order is kept.
    pub fn read_all(scores: Vec<Self>) -> Vec<Score> {
        let pending = scores.iter().filter_map(|score| match score {
            Self::Pending(pending) => Some(pending.clone()),
            Self::Read(_) => None,
        });
        let mut read = PendingScore::read_all(pending.collect()).into_iter();
        let resolved = scores.into_iter().filter_map(|score| match score {
            Self::Pending(_) => read.next(),
            Self::Read(score) => Some(score),
        });
        resolved.collect()
    }
}

impl<B: Backend> StepScore<B> {
    /// The same score on another device.
    pub fn to_device(self, device: &B::Device) -> Self {
        match self {
            Self::Pending(PendingScore { values, n_samples }) => {
                Self::Pending(PendingScore { values: values.to_device(device), n_samples })
            }
            Self::Read(score) => Self::Read(score),
        }
    }
}

impl<B: Backend> ItemLazy for StepScore<B> {
    type ItemSync = Score;

    fn sync(self) -> Score {
        match self {
            Self::Pending(pending) => pending.read(),
            Self::Read(score) => score,
        }
    }
}
