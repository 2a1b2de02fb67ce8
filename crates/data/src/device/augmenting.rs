//! The augmentation of a loader's batches, with its state.

use super::augmenter::{Augmenter, Change};
use crate::alternation::Alternation;
use crate::random_state::RandomState;
use burn::tensor::backend::Backend;
use std::ops::Range;

/// An [`Augmenter`] with the generator of its draws.
#[derive(Clone)]
pub(super) struct Augmenting<B: Backend> {
    augmenter: Augmenter<B>,
    /// The epochs in which images are mirrored, where that is drawn once.
    alternation: Option<Alternation>,
    /// The generator of the next batch.
    pub random: RandomState,
}

impl<B: Backend> Augmenting<B> {
    /// Draws from `RandomState(seed)`: first the alternation of the `n_images` images, if there is one.
    pub fn new(augmenter: Augmenter<B>, n_images: usize, seed: u32) -> Self {
        let mut random = RandomState::new(seed);
        let alternation = augmenter.alternates().then(|| Alternation::draw(n_images, &mut random));
        Self { augmenter, alternation, random }
    }

    /// Draws the changes of a batch of `n` images in `epoch`, counted from 1. `row` is the index in the set of the image at
    /// an index in the batch.
    pub fn draw(&mut self, n: usize, row: impl Fn(usize) -> usize, epoch: usize) -> Vec<Change> {
        let alternation = self.alternation.as_ref();
        let alternated = |index| alternation.is_some_and(|epochs| epochs.is_mirrored(row(index), epoch));
        self.augmenter.draw(n, alternated, &mut self.random)
    }

    pub fn augmenter(&self) -> &Augmenter<B> {
        &self.augmenter
    }

    /// The same with tables on another device.
    pub fn to_device(&self, device: &B::Device) -> Self {
        Self { augmenter: self.augmenter.to_device(device), ..self.clone() }
    }

    /// The same for the images in `rows` alone.
    pub fn part(&self, rows: Range<usize>) -> Self {
        let alternation = self.alternation.as_ref().map(|alternation| alternation.slice(rows));
        Self { alternation, ..self.clone() }
    }
}
