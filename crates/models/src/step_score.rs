//! The score of one batch, on the device or read, and how it reaches Burn's metrics.

use crate::description::Score;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use burn::train::ItemLazy;

/// A [`Score`] on the device, which is computed without waiting for the device.
#[derive(Clone, Debug)]
pub struct PendingScore<B: Backend> {
    /// The mean loss and the number of correct predictions, `[2]`; with class weights also their sum over
    /// the samples, `[3]`.
    values: Tensor<B, 1>,
    n_samples: usize,
}

impl<B: Backend> PendingScore<B> {
    /// A score from the mean loss `[1]` and the number of correct predictions `[1]`.
    pub fn new(loss: Tensor<B, 1>, correct: Tensor<B, 1>, n_samples: usize) -> Self {
        Self::weighted(loss, correct, n_samples, None)
    }

    /// A score of a loss with class weights; `class_weight`, `[1]`, is the sum over the samples.
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

    /// The sum of the class weights over the samples, `[1]`; none without class weights.
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

/// The score from the values of a [`PendingScore`].
fn score(values: &[f32], n_samples: usize) -> Score {
    let value = |index: usize| values.get(index).copied();
    Score {
        loss: value(0).unwrap_or(f32::NAN),
        correct: value(1).unwrap_or(f32::NAN) as usize,
        n_samples,
        class_weight: value(2).map(f64::from),
    }
}

/// The weight of a batch in a mean over several: its number of samples, or the sum of their class weights, which may
/// be on the device.
#[derive(Clone, Debug)]
pub enum Weight<B: Backend> {
    /// A number.
    Number(f64),
    /// A number on the device, `[1]`.
    OnDevice(Tensor<B, 1>),
}

impl<B: Backend> Weight<B> {
    /// The sum of two weights. If both are on a device, it must be the same one.
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

/// The score of an update or a validation step, on the device or read.
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

    /// The divisor of the mean loss, and so the weight of its gradient in a mean.
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
