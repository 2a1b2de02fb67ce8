//! Scores that are still on the device, and how they reach Burn's metrics.

use super::{MetricName, MetricSums, Score};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use burn::train::ItemLazy;

/// A [`Score`] that is still on the device, so that computing it waits for nothing.
#[derive(Clone, Debug)]
pub struct PendingScore<B: Backend> {
    /// The mean loss, the sum of the class weights where the loss has some, and the sums of each metric, `[k]`.
    values: Tensor<B, 1>,
    n_samples: usize,
    has_class_weight: bool,
    /// The metrics, each with the number of its sums.
    metrics: [Option<(MetricName, usize)>; MetricName::ALL.len()],
}

impl<B: Backend> PendingScore<B> {
    /// A score from the mean loss `[1]`, the sum of the class weights `[1]` if the loss has some, and the sums of each
    /// metric.
    pub fn new(
        loss: Tensor<B, 1>,
        class_weight: Option<Tensor<B, 1>>,
        sums: impl IntoIterator<Item = (MetricName, Tensor<B, 1>)>,
        n_samples: usize,
    ) -> Self {
        let dtype = loss.dtype();
        let has_class_weight = class_weight.is_some();
        // Of a known size: this is done in every update.
        let mut metrics = [None; MetricName::ALL.len()];
        let mut values = Vec::with_capacity(2 + metrics.len());
        values.push(loss);
        values.extend(class_weight.map(|weight| weight.cast(dtype)));
        for (place, (metric, sums)) in metrics.iter_mut().zip(sums) {
            *place = Some((metric, sums.dims()[0]));
            values.push(sums.cast(dtype));
        }
        Self { values: Tensor::cat(values, 0), n_samples, has_class_weight, metrics }
    }

    /// The sum of the class weights, `[1]`; `None` if each sample counts 1.
    pub fn class_weight(&self) -> Option<Tensor<B, 1>> {
        self.has_class_weight.then(|| self.values.clone().slice(1..2))
    }

    /// Reads the score.
    pub fn read(self) -> Score {
        let values: Vec<f32> = self.values.clone().into_data().iter::<f32>().collect();
        self.score(&mut values.into_iter())
    }

    /// Reads several scores in one transfer.
    pub fn read_all(pending: Vec<Self>) -> Vec<Score> {
        if pending.is_empty() {
            return Vec::new();
        }
        let values = Tensor::cat(pending.iter().map(|score| score.values.clone()).collect(), 0);
        let values: Vec<f32> = values.into_data().iter::<f32>().collect();
        let mut values = values.into_iter();
        pending.into_iter().map(|score| score.score(&mut values)).collect()
    }

    /// The score, of the next of `values`.
    fn score(self, values: &mut impl Iterator<Item = f32>) -> Score {
        let loss = values.next().unwrap_or(f32::NAN);
        let class_weight = if self.has_class_weight { values.next().map(f64::from) } else { None };
        let sums = self.metrics.into_iter().flatten().map(|(metric, n_sums)| {
            let sums = values.by_ref().take(n_sums).map(f64::from).collect();
            MetricSums { metric, sums }
        });
        Score { loss, n_samples: self.n_samples, class_weight, sums: sums.collect() }
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

/// The score of an update or a validation step: on the device, or read.
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
    /// The number that the mean loss was divided by: how much its gradient counts beside others.
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
            Self::Pending(score) => {
                Self::Pending(PendingScore { values: score.values.to_device(device), ..score })
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
