//! How an epoch is divided into batches.

use std::num::NonZeroUsize;
use std::ops::Range;

/// How an epoch is divided into batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchPlan {
    /// The whole set in each batch, `iterations` times per epoch.
    Full {
        /// Batches per epoch.
        iterations: NonZeroUsize,
    },
    /// Batches of a fixed size.
    Mini {
        /// Samples per batch.
        size: NonZeroUsize,
        /// Whether an incomplete last batch is dropped. If not, the last batch of an epoch may be smaller.
        drop_last: bool,
    },
}

impl BatchPlan {
    /// Batches per epoch over `n_samples` samples.
    pub fn iterations(self, n_samples: usize) -> usize {
        match self {
            Self::Full { iterations } => iterations.get(),
            Self::Mini { size, drop_last: false } => n_samples.div_ceil(size.get()),
            Self::Mini { size, drop_last: true } => n_samples / size.get(),
        }
    }

    /// Samples that the first `n_batches` batches of an epoch hold together.
    pub fn samples(self, n_batches: usize, n_samples: usize) -> usize {
        let n_batches = n_batches.min(self.iterations(n_samples));
        match self {
            Self::Full { .. } => n_batches.saturating_mul(n_samples),
            Self::Mini { size, .. } => n_batches.saturating_mul(size.get()).min(n_samples),
        }
    }

    /// The places of batch `index` in the order of an epoch, from 0.
    pub fn range(self, index: usize, n_samples: usize) -> Range<usize> {
        match self {
            Self::Full { .. } => 0..n_samples,
            Self::Mini { size, .. } => {
                let start = index.saturating_mul(size.get()).min(n_samples);
                start..start.saturating_add(size.get()).min(n_samples)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn samples_of_more_batches_than_can_be_counted_are_the_most_that_can() {
        let plan = BatchPlan::Full { iterations: NonZeroUsize::new(1_000_000_000_000_000).unwrap() };
        assert_eq!(plan.samples(usize::MAX, 50_000), usize::MAX);
        assert_eq!(plan.samples(3, 50_000), 150_000);
    }
}
