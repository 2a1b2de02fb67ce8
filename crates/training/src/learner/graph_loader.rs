//! Batches for Burn's learner, which asks for tensors that a graph can begin with.

use crate::devices::{AutodiffBackend, Backend, Device};
use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use emberlab_data::{ClassificationBatch, DeviceLoader};
use std::sync::Arc;

/// Makes its batches without a graph: Burn would note each step of their making for a backward pass, and
/// where gradients are made by hand none comes that lets it forget them.
pub struct GraphLoader(pub Arc<DeviceLoader<Backend>>);

type Batch = ClassificationBatch<AutodiffBackend>;

impl DataLoader<AutodiffBackend, Batch> for GraphLoader {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<Batch> + 'a> {
        Box::new(GraphBatches(self.0.iter()))
    }

    fn num_items(&self) -> usize {
        self.0.num_items()
    }

    fn to_device(&self, device: &Device) -> Arc<dyn DataLoader<AutodiffBackend, Batch>> {
        Arc::new(Self(Arc::new(self.0.moved_to(device))))
    }

    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<AutodiffBackend, Batch>> {
        Arc::new(Self(Arc::new(self.0.part(start..end))))
    }
}

struct GraphBatches<'a>(Box<dyn DataLoaderIterator<ClassificationBatch<Backend>> + 'a>);

impl Iterator for GraphBatches<'_> {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        self.0.next().map(ClassificationBatch::from_inner)
    }
}

impl DataLoaderIterator<Batch> for GraphBatches<'_> {
    fn progress(&self) -> Progress {
        self.0.progress()
    }
}
