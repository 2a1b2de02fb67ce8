//! A loader without batches, for Burn's learner: the loop reads its batches itself.

use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::tensor::backend::Backend;
use emberlab_data::ClassificationBatch;
use std::sync::Arc;

/// A loader without batches.
pub struct NoBatches;

impl<B: Backend> DataLoader<B, ClassificationBatch<B>> for NoBatches {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<ClassificationBatch<B>> + 'a> {
        Box::new(Empty(std::iter::empty()))
    }

    fn num_items(&self) -> usize {
        0
    }

    fn to_device(&self, _device: &B::Device) -> Arc<dyn DataLoader<B, ClassificationBatch<B>>> {
        Arc::new(Self)
    }

    fn slice(&self, _start: usize, _end: usize) -> Arc<dyn DataLoader<B, ClassificationBatch<B>>> {
        Arc::new(Self)
    }
}

struct Empty<B: Backend>(std::iter::Empty<ClassificationBatch<B>>);

impl<B: Backend> Iterator for Empty<B> {
    type Item = ClassificationBatch<B>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl<B: Backend> DataLoaderIterator<ClassificationBatch<B>> for Empty<B> {
    fn progress(&self) -> Progress {
        Progress::new(0, 0)
    }
}
