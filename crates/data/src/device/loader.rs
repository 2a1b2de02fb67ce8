//! A data loader over samples that are on the device.
//!
//! Burn's own loader clones samples one by one and batches them on the CPU, in an order that depends on its workers.
//! Here the whole set is in the device's memory: a batch is a slice of a tensor or a selection of its rows, and the
//! seed alone decides the order.

use super::augmenter::Augmenter;
use super::batch::ClassificationBatch;
use super::set::DeviceSet;
use crate::batch_plan::BatchPlan;
use crate::loader_state::LoaderState;
use crate::random_state::RandomState;
use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Iterates over the batches of a [`DeviceSet`], one epoch at a time.
pub struct DeviceLoader<B: Backend> {
    set: DeviceSet<B>,
    plan: BatchPlan,
    /// The generator of each epoch's order; `None` keeps the stored order.
    shuffle: Option<Mutex<RandomState>>,
    augment: Option<(Augmenter<B>, Mutex<RandomState>)>,
    epoch: Mutex<Epoch>,
}

/// The current epoch.
#[derive(Clone, Default)]
struct Epoch {
    /// The generator of its order, before it drew that order; `None` before the first epoch and between epochs.
    shuffle: Option<RandomState>,
    /// Batches that were returned.
    n_batches: usize,
    /// Batches that the next iterator skips.
    skip: usize,
}

impl<B: Backend> DeviceLoader<B> {
    /// A loader in stored order or, with a seed, in a new order each epoch: epoch `e`, counted from 1, uses the `e`-th
    /// `permutation(n)` of `RandomState(seed)`.
    pub fn new(set: DeviceSet<B>, plan: BatchPlan, shuffle_seed: Option<u32>) -> Self {
        let shuffle = shuffle_seed.map(|seed| Mutex::new(RandomState::new(seed)));
        Self { set, plan, shuffle, augment: None, epoch: Mutex::default() }
    }

    /// Augments the images of each batch with draws from `RandomState(seed)`.
    pub fn augmented(self, augmenter: Augmenter<B>, seed: u32) -> Self {
        Self { augment: Some((augmenter, Mutex::new(RandomState::new(seed)))), ..self }
    }

    /// Samples of the current epoch that have been returned.
    pub fn items_processed(&self) -> usize {
        self.plan.samples(lock(&self.epoch).n_batches, self.set.len())
    }

    /// The position in the current epoch.
    pub fn state(&self) -> LoaderState {
        let epoch = lock(&self.epoch);
        LoaderState {
            shuffle: epoch.shuffle.clone().or_else(|| self.shuffle.as_ref().map(|state| lock(state).clone())),
            augment: self.augment.as_ref().map(|(_, state)| lock(state).clone()),
            n_batches: epoch.n_batches,
        }
    }

    /// Ends the current epoch; the next iterator begins a new one.
    pub fn end_epoch(&self) {
        *lock(&self.epoch) = Epoch::default();
    }

    /// Resumes from the position of a loader of the same samples; the next iterator returns the rest of that epoch.
    pub fn resume(&self, state: LoaderState) {
        if let (Some(own), Some(shuffle)) = (&self.shuffle, state.shuffle) {
            *lock(own) = shuffle;
        }
        if let (Some((_, own)), Some(augment)) = (&self.augment, state.augment) {
            *lock(own) = augment;
        }
        *lock(&self.epoch) = Epoch { shuffle: None, n_batches: state.n_batches, skip: state.n_batches };
    }

    /// The same loader, with its samples on another device.
    pub fn moved_to(&self, device: &B::Device) -> Self {
        self.with_set(self.set.to_device(device), device)
    }

    /// The same loader over the samples in `range`.
    pub fn part(&self, range: Range<usize>) -> Self {
        self.with_set(self.set.slice(range), &self.set.device())
    }

    /// The same loader over another set, with the same generators.
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

    /// Draws the order of the next epoch, as an index tensor `[n]`.
    fn draw_order(&self) -> Option<Tensor<B, 1, Int>> {
        let state = self.shuffle.as_ref()?;
        let order = lock(state).permutation(self.set.len());
        let order: Vec<i64> = order.into_iter().map(|row| row as i64).collect();
        let data = TensorData::new(order, [self.set.len()]);
        Some(Tensor::from_data(data, &self.set.device()))
    }
}

/// Locks a generator or an epoch. Both are consistent after every step, so a lock that a panicking thread held is used
/// further.
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
        self.plan.samples(usize::MAX, self.set.len())
    }

    fn to_device(&self, device: &B::Device) -> Arc<dyn DataLoader<B, ClassificationBatch<B>>> {
        Arc::new(self.moved_to(device))
    }

    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<B, ClassificationBatch<B>>> {
        Arc::new(self.part(start..end))
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
        let range = plan.range(self.next, set.len());
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
        Progress::new(plan.samples(self.next, set.len()), plan.samples(usize::MAX, set.len()))
    }
}
