//! Loss and accuracy of one batch, and how they reach Burn's metrics.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use burn::train::ItemLazy;
use serde::{Deserialize, Serialize};

/// Loss and accuracy over some samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Mean cross-entropy, in the precision of the device. Each sample counts its class weight, where
    /// the loss has class weights.
    pub loss: f32,
    /// Samples predicted right.
    pub correct: usize,
    /// Samples in all.
    pub n_samples: usize,
    /// The sum of the samples' class weights; none where each sample counts 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_weight: Option<f64>,
}

impl Score {
    /// The share of samples predicted right, from 0 to 1.
    pub fn accuracy(&self) -> f64 {
        self.correct as f64 / self.n_samples as f64
    }

    /// What the mean loss was divided by: the sum of the class weights, or the number of samples.
    pub fn weight(&self) -> f64 {
        self.class_weight.unwrap_or(self.n_samples as f64)
    }
}

/// Adds up scores to the score over all of their samples, each loss by the weight of its samples.
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

/// A [`Score`] that is still on the device, so that computing it waits for nothing.
#[derive(Clone, Debug)]
pub struct PendingScore<B: Backend> {
    /// The mean loss and the number of samples predicted right, `[2]`; with class weights their sum over
    /// the samples too, `[3]`.
    values: Tensor<B, 1>,
    n_samples: usize,
}

impl<B: Backend> PendingScore<B> {
    /// A score from the mean loss `[1]` and the number of right predictions `[1]`.
    pub fn new(loss: Tensor<B, 1>, correct: Tensor<B, 1>, n_samples: usize) -> Self {
        Self::weighted(loss, correct, n_samples, None)
    }

    /// The same of a loss in which each sample counts its class weight; `class_weight`, `[1]`, is their sum.
    pub fn weighted(
        loss: Tensor<B, 1>,
        correct: Tensor<B, 1>,
        n_samples: usize,
        class_weight: Option<Tensor<B, 1>>,
    ) -> Self {
        let dtype = loss.dtype();
        let mut values = vec![loss, correct.cast(dtype)];
        values.extend(class_weight.map(|weight| weight.cast(dtype)));
        Self { values: Tensor::cat(values, 0), n_samples }
    }

    /// The sum of the class weights, `[1]`; none where each sample counts 1.
    pub fn class_weight(&self) -> Option<Tensor<B, 1>> {
        (self.n_values() == 3).then(|| self.values.clone().slice(2..3))
    }

    fn n_values(&self) -> usize {
        self.values.dims()[0]
    }

    /// Reads the score.
    pub fn read(self) -> Score {
        let values: Vec<f32> = self.values.into_data().iter::<f32>().collect();
        score(&values, self.n_samples)
    }

    /// Reads several scores in one transfer.
    pub fn read_all(pending: Vec<Self>) -> Vec<Score> {
        if pending.is_empty() {
            return Vec::new();
        }
        let sizes: Vec<(usize, usize)> =
            pending.iter().map(|score| (score.n_values(), score.n_samples)).collect();
        let values = Tensor::cat(pending.into_iter().map(|score| score.values).collect(), 0);
        let values: Vec<f32> = values.into_data().iter::<f32>().collect();
        let mut rest = values.as_slice();
        let scores = sizes.into_iter().map(|(n_values, n_samples)| {
            let (of_score, later) = rest.split_at_checked(n_values).unwrap_or((rest, &[]));
            rest = later;
            score(of_score, n_samples)
        });
        scores.collect()
    }
}

/// A score of the values of a [`PendingScore`].
fn score(values: &[f32], n_samples: usize) -> Score {
    let value = |index: usize| values.get(index).copied();
    Score {
        loss: value(0).unwrap_or(f32::NAN),
        correct: value(1).unwrap_or(f32::NAN) as usize,
        n_samples,
        class_weight: value(2).map(f64::from),
    }
}

/// How much a batch counts in a mean over several: the number of its samples, or with class weights their
/// sum, which may still be on the device.
#[derive(Clone, Debug)]
pub enum Weight<B: Backend> {
    /// A number.
    Number(f64),
    /// A number on the device, `[1]`.
    OnDevice(Tensor<B, 1>),
}

impl<B: Backend> Weight<B> {
    /// The sum of two weights, which lie on one device where both lie on a device.
    pub fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => Self::Number(left + right),
            (Self::OnDevice(left), Self::OnDevice(right)) => Self::OnDevice(left + right),
            (Self::OnDevice(tensor), Self::Number(number))
            | (Self::Number(number), Self::OnDevice(tensor)) => Self::OnDevice(tensor + number),
        }
    }

    /// One divided by the weight.
    pub fn recip(self) -> Self {
        match self {
            Self::Number(number) => Self::Number(1.0 / number),
            Self::OnDevice(tensor) => Self::OnDevice(tensor.recip()),
        }
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
    /// What the mean loss was divided by, and so how much its gradient counts beside others.
    pub fn weight(&self) -> Weight<B> {
        match self {
            Self::Pending(score) => match score.class_weight() {
                Some(weight) => Weight::OnDevice(weight),
                None => Weight::Number(score.n_samples as f64),
            },
            Self::Read(score) => Weight::Number(score.weight()),
        }
    }

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
