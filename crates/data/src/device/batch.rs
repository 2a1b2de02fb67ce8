//! A batch of samples.

use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Int, Tensor};
use std::ops::Range;

/// A batch of samples on the device.
#[derive(Clone, Debug)]
pub struct ClassificationBatch<B: Backend> {
    /// Normalized features, `[n, n_features]`; images flattened channel by channel.
    pub inputs: Tensor<B, 2>,
    /// The class of each sample, `[n]`.
    pub labels: Tensor<B, 1, Int>,
    /// The classes one-hot encoded, `[n, n_classes]`: 1 in the column of the class, else 0.
    pub targets: Tensor<B, 2>,
}

impl<B: Backend> ClassificationBatch<B> {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.inputs.dims()[0]
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The samples in `rows`.
    pub fn slice(self, rows: Range<usize>) -> Self {
        Self {
            inputs: self.inputs.slice(rows.clone()),
            labels: self.labels.slice(rows.clone()),
            targets: self.targets.slice(rows),
        }
    }
}

impl<B: AutodiffBackend> ClassificationBatch<B> {
    /// The same batch for computations with automatic differentiation.
    pub fn from_inner(batch: ClassificationBatch<B::InnerBackend>) -> Self {
        Self {
            inputs: Tensor::from_inner(batch.inputs),
            labels: Tensor::from_inner(batch.labels),
            targets: Tensor::from_inner(batch.targets),
        }
    }

    /// The same batch for computations without automatic differentiation.
    pub fn inner(self) -> ClassificationBatch<B::InnerBackend> {
        ClassificationBatch {
            inputs: self.inputs.inner(),
            labels: self.labels.inner(),
            targets: self.targets.inner(),
        }
    }
}
