//! The validation part of a training that has none.

use crate::devices::{Backend, Device};
use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use emberlab_data::ClassificationBatch;
use std::sync::Arc;

/// A loader without batches.
pub struct NoValidation;

impl DataLoader<Backend, ClassificationBatch<Backend>> for NoValidation {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<ClassificationBatch<Backend>> + 'a> {
        Box::new(NoBatches)
    }

    fn num_items(&self) -> usize {
        0
    }

    fn to_device(&self, _device: &Device) -> Arc<dyn DataLoader<Backend, ClassificationBatch<Backend>>> {
        Arc::new(Self)
    }

    fn slice(
        &self,
        _start: usize,
        _end: usize,
    ) -> Arc<dyn DataLoader<Backend, ClassificationBatch<Backend>>> {
        Arc::new(Self)
    }
}

struct NoBatches;

impl Iterator for NoBatches {
    type Item = ClassificationBatch<Backend>;

    fn next(&mut self) -> Option<Self::Item> {
        None
    }
}

impl DataLoaderIterator<ClassificationBatch<Backend>> for NoBatches {
    fn progress(&self) -> Progress {
        Progress::new(0, 0)
    }
}
