//! Several devices at one update: each takes the gradients of its part of the batch.
//!
//! The first device holds the weights and makes the updates. Each other one holds the samples too, so that nothing but
//! weights and gradients moves: for an update it is given the weights, takes the gradients of its part, and hands them back.
//! The mean over the parts, each weighted by its samples or by their class weights, is the gradient of the whole batch.
//!
//! Batch norm takes mean and variance over each part, and the running ones are those of the first device's parts, as with
//! PyTorch's `DataParallel`.
//!
//! All devices are driven from one thread. GPUs compute while it goes on to the next one, and Burn's autodiff differentiates
//! rightly in one thread only.

use super::exchange::{Weights, hand_back, read_score};
use crate::devices::{AutodiffBackend, Backend, CurrentPlatform, Device, Platform};
use burn::data::dataloader::{DataLoader, DataLoaderIterator};
use burn::module::Module;
use burn::optim::GradientsParams;
use burn::train::{TrainOutput, TrainStep};
use emberlab_data::{ClassificationBatch, DeviceLoader, LoaderState};
use emberlab_models::{Classifier, StepScore};
use std::ops::Range;

/// The devices besides the first.
pub struct Replicas {
    devices: Vec<Replica>,
    /// Samples that a part has at least, where the batch has so many.
    least_samples: usize,
}

struct Replica {
    device: Device,
    loader: DeviceLoader<Backend>,
}

/// What one device computed of a batch, on the first device.
pub struct Part {
    pub gradients: GradientsParams,
    pub score: StepScore<Backend>,
}

type Batches<'a> = Box<dyn DataLoaderIterator<ClassificationBatch<Backend>> + 'a>;

impl Replicas {
    /// Gives each device its loader of the same samples, which is where the first one's is. Parts of a batch have at
    /// least `least_samples` samples, where the batch has so many.
    pub fn new(loaders: Vec<(Device, DeviceLoader<Backend>)>, least_samples: usize) -> Self {
        let devices = loaders.into_iter().map(|(device, loader)| Replica { device, loader }).collect();
        Self { devices, least_samples }
    }

    /// Brings each loader to a state of the first device's, in `epoch`.
    pub fn resume(&self, state: &LoaderState, epoch: usize) {
        self.devices.iter().for_each(|replica| replica.loader.resume(state.clone(), epoch));
    }

    /// The batches of an epoch on each device, in the order of the first one's.
    pub fn epoch(&self) -> ReplicasEpoch<'_> {
        let batches = self.devices.iter().map(|replica| (&replica.device, replica.loader.iter()));
        ReplicasEpoch { batches: batches.collect(), least_samples: self.least_samples, waits: 0 }
    }
}

/// An epoch on the devices besides the first.
pub struct ReplicasEpoch<'a> {
    batches: Vec<(&'a Device, Batches<'a>)>,
    least_samples: usize,
    /// How often another machine was waited for.
    pub waits: usize,
}

impl ReplicasEpoch<'_> {
    /// Takes the gradients of a batch, which the first device has, in as many parts as there are devices, or as there are
    /// samples.
    pub fn step(
        &mut self,
        model: &Classifier<AutodiffBackend>,
        batch: ClassificationBatch<AutodiffBackend>,
    ) -> Vec<Part> {
        if self.batches.is_empty() {
            let TrainOutput { grads, item } = TrainStep::step(model, batch);
            return vec![Part { gradients: grads, score: item }];
        }
        let (n_samples, first) = (batch.len(), batch.inputs.device());
        // Devices that would have nothing to do wait.
        let n_devices = n_parts(n_samples, self.batches.len() + 1, self.least_samples);
        let part =
            |model: &Classifier<AutodiffBackend>, batch: ClassificationBatch<Backend>, index: usize| {
                let rows = share(n_samples, n_devices, index);
                let part = ClassificationBatch::from_inner(batch.slice(rows));
                let TrainOutput { grads, item } = TrainStep::step(model, part);
                Part { gradients: grads, score: item }
            };
        let mut parts = vec![part(model, batch.inner(), 0)];
        let through_host = CurrentPlatform::EXCHANGES_THROUGH_HOST;
        let weights = through_host.then(|| Weights::read(model)).map(|(weights, transfers)| {
            self.waits += transfers;
            weights
        });
        for (index, (device, batches)) in (1..).zip(&mut self.batches) {
            let Some(batch) = batches.next().filter(|_| index < n_devices) else { continue };
            let copy = match &weights {
                Some(weights) => weights.copy(model, device),
                None => model.separate_copy().fork(device),
            };
            let Part { gradients, score } = part(&copy, batch, index);
            let (gradients, score) = if through_host {
                let (gradients, transfers) = hand_back(gradients, &copy, &first);
                self.waits += transfers + 1;
                (gradients, read_score(score))
            } else {
                (gradients.to_device(&first, model), score.to_device(&first))
            };
            parts.push(Part { gradients, score });
        }
        parts
    }
}

/// How many devices share a batch, so that each has at least `least_samples` of it; one where it has fewer.
fn n_parts(n_samples: usize, n_devices: usize, least_samples: usize) -> usize {
    n_devices.min(n_samples / least_samples.max(1)).max(1)
}

/// The rows of a batch that a device takes: as many as another one, or one more.
fn share(n_samples: usize, n_devices: usize, index: usize) -> Range<usize> {
    n_samples * index / n_devices..n_samples * (index + 1) / n_devices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_is_smaller_than_the_least_unless_the_batch_is() {
        for (n_samples, n_devices, least) in
            [(1, 4, 2), (2, 2, 2), (3, 2, 2), (11, 20, 2), (9, 4, 1), (128, 5, 2)]
        {
            let n_parts = n_parts(n_samples, n_devices, least);
            assert!((1..=n_devices).contains(&n_parts));
            assert!((0..n_parts).all(|index| share(n_samples, n_parts, index).len() >= least.min(n_samples)));
        }
        assert_eq!((n_parts(11, 20, 1), n_parts(11, 3, 2), n_parts(5, 3, 2)), (11, 3, 2));
    }

    #[test]
    fn each_row_is_on_one_device() {
        for (n_samples, n_devices) in [(1, 4), (7, 2), (8, 3), (128, 5)] {
            let rows: Vec<usize> =
                (0..n_devices).flat_map(|index| share(n_samples, n_devices, index)).collect();
            assert_eq!(rows, (0..n_samples).collect::<Vec<_>>());
            assert!(
                (0..n_devices)
                    .all(|index| share(n_samples, n_devices, index).len() <= n_samples.div_ceil(n_devices))
            );
        }
    }
}
