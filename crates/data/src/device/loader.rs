//! A data loader over samples that are on the device.
//!
//! Burn's own loader clones samples one by one and batches them on the CPU, in an order that depends on its workers.
//! Here the whole set is in the device's memory: a batch is a slice of a tensor or a selection of its rows, and the
//! seed alone decides the order.

use super::augmenter::Augmenter;
use super::augmenting::Augmenting;
use super::batch::ClassificationBatch;
use super::set::DeviceSet;
use super::sources::index_tensor;
use crate::batch_plan::BatchPlan;
use crate::loader_state::LoaderState;
use crate::random_state::RandomState;
use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Iterates over the batches of a [`DeviceSet`], one epoch at a time.
pub struct DeviceLoader<B: Backend> {
    set: DeviceSet<B>,
    plan: BatchPlan,
    /// The generator of each epoch's order; `None` keeps the stored order.
    shuffle: Option<Mutex<RandomState>>,
    augment: Option<Mutex<Augmenting<B>>>,
    epoch: Mutex<Epoch>,
}

/// The current epoch.
#[derive(Clone, Default)]
struct Epoch {
    /// Its number, from 1; that of the last one between epochs.
    number: usize,
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

    /// Augments the images of each batch with draws from `RandomState(seed)`. Where mirror images alternate, the first draws
    /// are `random_sample() < 0.5` for each image of the set, in stored order: it is then mirrored in odd epochs, else in
    /// even ones.
    pub fn augmented(self, augmenter: Augmenter<B>, seed: u32) -> Self {
        let augmenting = Augmenting::new(augmenter, self.set.len(), seed);
        Self { augment: Some(Mutex::new(augmenting)), ..self }
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
            augment: self.augment.as_ref().map(|augmenting| lock(augmenting).random.clone()),
            n_batches: epoch.n_batches,
        }
    }

    /// Ends the current epoch; the next iterator begins a new one.
    pub fn end_epoch(&self) {
        let mut epoch = lock(&self.epoch);
        *epoch = Epoch { number: epoch.number, ..Epoch::default() };
    }

    /// Resumes from the position of a loader of the same samples in `epoch`, counted from 1; the next iterator returns the
    /// rest of that epoch.
    pub fn resume(&self, state: LoaderState, epoch: usize) {
        if let (Some(own), Some(shuffle)) = (&self.shuffle, state.shuffle) {
            *lock(own) = shuffle;
        }
        if let (Some(own), Some(augment)) = (&self.augment, state.augment) {
            lock(own).random = augment;
        }
        let LoaderState { n_batches, .. } = state;
        let number = epoch.saturating_sub(1);
        *lock(&self.epoch) = Epoch { number, shuffle: None, n_batches, skip: n_batches };
    }

    /// The same loader, with its samples on another device.
    pub fn moved_to(&self, device: &B::Device) -> Self {
        self.with(self.set.to_device(device), |augmenting| augmenting.to_device(device))
    }

    /// The same loader over the samples in `range`.
    pub fn part(&self, range: Range<usize>) -> Self {
        self.with(self.set.slice(range.clone()), |augmenting| augmenting.part(range.clone()))
    }

    /// The same loader over another set, with the same generators.
    fn with(&self, set: DeviceSet<B>, augment: impl Fn(&Augmenting<B>) -> Augmenting<B>) -> Self {
        let copy = |state: &Mutex<RandomState>| Mutex::new(lock(state).clone());
        let augmented = |augmenting: &Mutex<Augmenting<B>>| Mutex::new(augment(&lock(augmenting)));
        Self {
            set,
            plan: self.plan,
            shuffle: self.shuffle.as_ref().map(copy),
            augment: self.augment.as_ref().map(augmented),
            epoch: Mutex::new(lock(&self.epoch).clone()),
        }
    }

    /// Draws the order of the next epoch.
    fn draw_order(&self) -> Option<Order<B>> {
        let state = self.shuffle.as_ref()?;
        let rows = lock(state).permutation(self.set.len());
        let on_device = index_tensor(rows.iter().copied(), &self.set.device());
        Some(Order { rows, on_device })
    }
}

/// The order of an epoch.
struct Order<B: Backend> {
    rows: Vec<usize>,
    /// The same as an index tensor, `[n]`.
    on_device: Tensor<B, 1, Int>,
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
        epoch.number += 1;
        let (next, epoch) = (epoch.n_batches, epoch.number);
        Box::new(DeviceBatches { loader: self, order: self.draw_order(), epoch, next })
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
    order: Option<Order<B>>,
    /// The number of the epoch, from 1.
    epoch: usize,
    next: usize,
}

impl<B: Backend> DeviceBatches<'_, B> {
    /// The batch of the samples at `range` in the order of the epoch.
    fn batch(&self, range: Range<usize>) -> ClassificationBatch<B> {
        let DeviceLoader { set, augment, .. } = self.loader;
        let samples = match &self.order {
            Some(order) => set.rows(order.on_device.clone().slice(range.clone())),
            None if range.len() == set.len() => set.clone(),
            None => set.slice(range.clone()),
        };
        let Some(augmenting) = augment else { return samples.into_batch() };
        let row = |index: usize| {
            let place = range.start + index;
            self.order.as_ref().map_or(place, |order| order.rows[place])
        };
        let mut augmenting = lock(augmenting);
        let changes = augmenting.draw(range.len(), row, self.epoch);
        samples.into_augmented_batch(augmenting.augmenter(), &changes)
    }
}

impl<B: Backend> Iterator for DeviceBatches<'_, B> {
    type Item = ClassificationBatch<B>;

    fn next(&mut self) -> Option<Self::Item> {
        let DeviceLoader { set, plan, .. } = self.loader;
        if self.next >= plan.iterations(set.len()) {
            return None;
        }
        let range = plan.range(self.next, set.len());
        self.next += 1;
        lock(&self.loader.epoch).n_batches = self.next;
        Some(self.batch(range))
    }
}

impl<B: Backend> DataLoaderIterator<ClassificationBatch<B>> for DeviceBatches<'_, B> {
    fn progress(&self) -> Progress {
        let DeviceLoader { set, plan, .. } = self.loader;
        Progress::new(plan.samples(self.next, set.len()), plan.samples(usize::MAX, set.len()))
    }
}
