//! Batches for Burn's learner, from a set that lives on the device.
//!
//! Burn's own loader clones sample after sample and batches them on the CPU, in an order that
//! depends on its workers. The sets of this lab fit into memory: here a batch is a slice of a tensor,
//! or a selection of its rows, and its order is decided by a seed alone.

use crate::batch::ClassificationBatch;
use crate::device_set::DeviceSet;
use crate::random_state::RandomState;
use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

/// How an epoch is divided into batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchPlan {
    /// The whole set in each batch, so many times an epoch.
    Full {
        /// Batches per epoch.
        iterations: NonZeroUsize,
    },
    /// Batches of this many samples, the last one smaller where they do not divide evenly.
    Mini {
        /// Samples per batch.
        size: NonZeroUsize,
    },
}

impl BatchPlan {
    /// Batches of one epoch over `n_samples` samples.
    pub fn iterations(self, n_samples: usize) -> usize {
        match self {
            Self::Full { iterations } => iterations.get(),
            Self::Mini { size } => n_samples.div_ceil(size.get()),
        }
    }
}

/// Hands out the batches of a [`DeviceSet`], epoch by epoch.
pub struct DeviceLoader<B: Backend> {
    set: DeviceSet<B>,
    plan: BatchPlan,
    /// What draws each epoch's order; the stored order where there is none.
    shuffle: Option<Mutex<RandomState>>,
}

impl<B: Backend> DeviceLoader<B> {
    /// A loader in stored order or, with a seed, in a new order each epoch: epoch `e`, from 1, takes
    /// the `e`-th `permutation(n)` of `RandomState(seed)`.
    pub fn new(set: DeviceSet<B>, plan: BatchPlan, shuffle_seed: Option<u32>) -> Self {
        Self { set, plan, shuffle: shuffle_seed.map(|seed| Mutex::new(RandomState::new(seed))) }
    }

    fn with_set(&self, set: DeviceSet<B>) -> Arc<dyn DataLoader<B, ClassificationBatch<B>>> {
        Arc::new(Self {
            set,
            plan: self.plan,
            shuffle: self.shuffle.as_ref().map(|state| Mutex::new(lock(state).clone())),
        })
    }

    /// The order of the next epoch on the device.
    fn draw_order(&self) -> Option<Tensor<B, 1, Int>> {
        let state = self.shuffle.as_ref()?;
        let order = lock(state).permutation(self.set.len());
        let order: Vec<i64> = order.into_iter().map(|row| row as i64).collect();
        let data = TensorData::new(order, [self.set.len()]);
        Some(Tensor::from_data(data, &self.set.device()))
    }
}

/// A generator is whole after any draw, so one that a panicking thread held is still good.
fn lock(state: &Mutex<RandomState>) -> std::sync::MutexGuard<'_, RandomState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<B: Backend> DataLoader<B, ClassificationBatch<B>> for DeviceLoader<B> {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<ClassificationBatch<B>> + 'a> {
        Box::new(DeviceBatches { set: &self.set, plan: self.plan, order: self.draw_order(), next: 0 })
    }

    fn num_items(&self) -> usize {
        match self.plan {
            BatchPlan::Full { iterations } => self.set.len() * iterations.get(),
            BatchPlan::Mini { .. } => self.set.len(),
        }
    }

    fn to_device(&self, device: &B::Device) -> Arc<dyn DataLoader<B, ClassificationBatch<B>>> {
        self.with_set(self.set.to_device(device))
    }

    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<B, ClassificationBatch<B>>> {
        self.with_set(self.set.slice(start..end))
    }
}

/// The batches of one epoch.
struct DeviceBatches<'a, B: Backend> {
    set: &'a DeviceSet<B>,
    plan: BatchPlan,
    order: Option<Tensor<B, 1, Int>>,
    next: usize,
}

impl<B: Backend> Iterator for DeviceBatches<'_, B> {
    type Item = ClassificationBatch<B>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == self.plan.iterations(self.set.len()) {
            return None;
        }
        let range = match self.plan {
            BatchPlan::Full { .. } => 0..self.set.len(),
            BatchPlan::Mini { size } => {
                let start = self.next * size.get();
                start..start.saturating_add(size.get()).min(self.set.len())
            }
        };
        self.next += 1;
        Some(match &self.order {
            Some(order) => self.set.rows(order.clone().slice(range)),
            None if range.len() == self.set.len() => self.set.all(),
            None => self.set.range(range),
        })
    }
}

impl<B: Backend> DataLoaderIterator<ClassificationBatch<B>> for DeviceBatches<'_, B> {
    fn progress(&self) -> Progress {
        let (processed, total) = match self.plan {
            BatchPlan::Full { iterations } => (self.next * self.set.len(), iterations.get() * self.set.len()),
            BatchPlan::Mini { size } => (self.next.saturating_mul(size.get()), self.set.len()),
        };
        Progress::new(processed.min(total), total)
    }
}
