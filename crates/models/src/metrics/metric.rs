//! What a metric is.

use super::description::Description;
#[cfg(feature = "burn")]
use super::prelude::{Backend, ClassificationBatch, Output, Tensor};

/// A metric in two steps, so that it can be computed over any number of batches: sums over the samples of each batch, on
/// the device, and the value of the added sums, in host memory.
pub trait Metric {
    /// What the metric is, and how it is shown.
    const DESCRIPTION: Description;

    /// The sums `[k]` over the samples of a batch with the logits `[n, n_outputs]`. `k` may depend on the number of
    /// classes, not on the batch.
    #[cfg(feature = "burn")]
    fn sums<B: Backend>(output: Output, logits: Tensor<B, 2>, batch: &ClassificationBatch<B>)
    -> Tensor<B, 1>;

    /// The value, of the added sums of batches with `n_samples` samples in all.
    fn value(sums: &[f64], n_samples: usize) -> f64;
}
