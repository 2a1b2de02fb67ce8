//! Batches for Burn's learner, from a set that lives on the device.
//!
//! Burn's own loader clones sample after sample and batches them on the CPU, in an order that
//! depends on its workers. The sets of this lab fit into memory: here a batch is a slice of a tensor,
//! or a selection of its rows, and its order is decided by a seed alone.

use crate::augmentation::Augmenter;
use crate::batch::ClassificationBatch;
use crate::device_set::DeviceSet;
use crate::random_state::RandomState;
use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};
use serde::{Deserialize, Serialize};
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// How an epoch is divided into batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchPlan {
    /// The whole set in each batch, so many times an epoch.
    Full {
        /// Batches per epoch.
        iterations: NonZeroUsize,
    },
    /// Batches of this many samples.
    Mini {
        /// Samples per batch.
        size: NonZeroUsize,
        /// Whether the samples that are left over, where they do not divide evenly, are left out of the
        /// epoch; otherwise they make a smaller batch.
        drop_last: bool,
    },
}

impl BatchPlan {
    /// Batches of one epoch over `n_samples` samples.
    pub fn iterations(self, n_samples: usize) -> usize {
        match self {
            Self::Full { iterations } => iterations.get(),
            Self::Mini { size, drop_last: false } => n_samples.div_ceil(size.get()),
            Self::Mini { size, drop_last: true } => n_samples / size.get(),
        }
    }
}

/// How far a loader came: what another one of the same samples needs to go on from there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoaderState {
    /// What draws the order of the epoch, before it drew.
    shuffle: Option<RandomState>,
    /// What draws the changes of the next batch.
    augment: Option<RandomState>,
    /// Batches of the epoch that were handed out.
    n_batches: usize,
}

/// Hands out the batches of a [`DeviceSet`], epoch by epoch.
pub struct DeviceLoader<B: Backend> {
    set: DeviceSet<B>,
    plan: BatchPlan,
    /// What draws each epoch's order; the stored order where there is none.
    shuffle: Option<Mutex<RandomState>>,
    augment: Option<(Augmenter<B>, Mutex<RandomState>)>,
    epoch: Mutex<Epoch>,
}

/// The epoch under way.
#[derive(Clone, Default)]
struct Epoch {
    /// What drew its order, before it drew; nothing before the first epoch and between two.
    shuffle: Option<RandomState>,
    /// Batches of it that were handed out.
    n_batches: usize,
    /// Batches that the next iterator passes over.
    skip: usize,
}

impl<B: Backend> DeviceLoader<B> {
    /// A loader in stored order or, with a seed, in a new order each epoch: epoch `e`, from 1, takes
    /// the `e`-th `permutation(n)` of `RandomState(seed)`.
    pub fn new(set: DeviceSet<B>, plan: BatchPlan, shuffle_seed: Option<u32>) -> Self {
        let shuffle = shuffle_seed.map(|seed| Mutex::new(RandomState::new(seed)));
        Self { set, plan, shuffle, augment: None, epoch: Mutex::default() }
    }

    /// Changes the images of each batch, drawing batch after batch from `RandomState(seed)`.
    pub fn augmented(self, augmenter: Augmenter<B>, seed: u32) -> Self {
        Self { augment: Some((augmenter, Mutex::new(RandomState::new(seed)))), ..self }
    }

    /// How far it came in the epoch under way.
    pub fn state(&self) -> LoaderState {
        let epoch = lock(&self.epoch);
        LoaderState {
            shuffle: epoch.shuffle.clone().or_else(|| self.shuffle.as_ref().map(|state| lock(state).clone())),
            augment: self.augment.as_ref().map(|(_, state)| lock(state).clone()),
            n_batches: epoch.n_batches,
        }
    }

    /// Says that the epoch is over: what comes is the next one.
    pub fn end_epoch(&self) {
        *lock(&self.epoch) = Epoch::default();
    }

    /// Goes on from where a loader of the same samples was: the next iterator hands out the rest of that
    /// epoch.
    pub fn resume(&self, state: LoaderState) {
        if let (Some(own), Some(shuffle)) = (&self.shuffle, state.shuffle) {
            *lock(own) = shuffle;
        }
        if let (Some((_, own)), Some(augment)) = (&self.augment, state.augment) {
            *lock(own) = augment;
        }
        *lock(&self.epoch) = Epoch { shuffle: None, n_batches: state.n_batches, skip: state.n_batches };
    }

    /// The same loader of the samples on another device.
    pub fn moved_to(&self, device: &B::Device) -> Self {
        self.with_set(self.set.to_device(device), device)
    }

    /// The same loader of the samples in `range`.
    pub fn part(&self, range: Range<usize>) -> Self {
        self.with_set(self.set.slice(range), &self.set.device())
    }

    /// The same loader of other samples, or of these elsewhere, going on from the same draws.
    fn with_set(&self, set: DeviceSet<B>, device: &B::Device) -> Self {
        let copy = |state: &Mutex<RandomState>| Mutex::new(lock(state).clone());
        let augment = self.augment.as_ref();
        Self {
            set,
            plan: self.plan,
            shuffle: self.shuffle.as_ref().map(copy),
            augment: augment.map(|(augmenter, state)| (augmenter.to_device(device), copy(state))),
            epoch: Mutex::new(lock(&self.epoch).clone()),
        }
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

/// A generator is whole after any draw, and a count after any step, so one that a panicking thread held is
/// still good.
fn lock<T>(state: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<B: Backend> DataLoader<B, ClassificationBatch<B>> for DeviceLoader<B> {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<ClassificationBatch<B>> + 'a> {
        let mut epoch = lock(&self.epoch);
        epoch.shuffle = self.shuffle.as_ref().map(|state| lock(state).clone());
        epoch.n_batches = std::mem::take(&mut epoch.skip);
        Box::new(DeviceBatches { loader: self, order: self.draw_order(), next: epoch.n_batches })
    }

    fn num_items(&self) -> usize {
        total(self.plan, self.set.len())
    }

    fn to_device(&self, device: &B::Device) -> Arc<dyn DataLoader<B, ClassificationBatch<B>>> {
        Arc::new(self.moved_to(device))
    }

    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<B, ClassificationBatch<B>>> {
        Arc::new(self.part(start..end))
    }
}

/// Samples that an epoch hands out.
fn total(plan: BatchPlan, n_samples: usize) -> usize {
    match plan {
        BatchPlan::Full { iterations } => n_samples * iterations.get(),
        BatchPlan::Mini { drop_last: false, .. } => n_samples,
        BatchPlan::Mini { size, drop_last: true } => n_samples - n_samples % size.get(),
    }
}

/// The batches of one epoch.
struct DeviceBatches<'a, B: Backend> {
    loader: &'a DeviceLoader<B>,
    order: Option<Tensor<B, 1, Int>>,
    next: usize,
}

impl<B: Backend> Iterator for DeviceBatches<'_, B> {
    type Item = ClassificationBatch<B>;

    fn next(&mut self) -> Option<Self::Item> {
        let DeviceLoader { set, plan, augment, .. } = self.loader;
        if self.next >= plan.iterations(set.len()) {
            return None;
        }
        let range = match plan {
            BatchPlan::Full { .. } => 0..set.len(),
            BatchPlan::Mini { size, .. } => {
                let start = self.next * size.get();
                start..start.saturating_add(size.get()).min(set.len())
            }
        };
        self.next += 1;
        lock(&self.loader.epoch).n_batches = self.next;
        let samples = match &self.order {
            Some(order) => set.rows(order.clone().slice(range)),
            None if range.len() == set.len() => set.clone(),
            None => set.slice(range),
        };
        Some(match augment {
            Some((augmenter, random)) => samples.into_augmented_batch(augmenter, &mut lock(random)),
            None => samples.into_batch(),
        })
    }
}

impl<B: Backend> DataLoaderIterator<ClassificationBatch<B>> for DeviceBatches<'_, B> {
    fn progress(&self) -> Progress {
        let DeviceLoader { set, plan, .. } = self.loader;
        let total = total(*plan, set.len());
        let processed = match plan {
            BatchPlan::Full { .. } => self.next * set.len(),
            BatchPlan::Mini { size, .. } => self.next.saturating_mul(size.get()),
        };
        Progress::new(processed.min(total), total)
    }
}
