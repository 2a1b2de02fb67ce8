//! The size of a tensor, from its histogram.

use emberlab_run::histograms_file::{HistogramRow, N_BINS};

/// A histogram of a tensor before an update.
pub struct Tensor {
    /// The update, from 1.
    pub update: usize,
    low: f64,
    high: f64,
    counts: Vec<usize>,
}

impl Tensor {
    /// The tensor of a row; `None` if the row is damaged.
    pub fn of(row: &HistogramRow) -> Option<Self> {
        Some(Self { update: row.iteration, low: row.low, high: row.high, counts: row.counts()? })
    }

    /// Number of entries.
    pub fn count(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Whether all entries are the same number.
    pub fn is_constant(&self) -> bool {
        self.low == self.high
    }

    /// Whether all entries are 0.
    pub fn is_zero(&self) -> bool {
        self.low == 0.0 && self.high == 0.0
    }

    /// The root of the mean of the squares of the entries, each taken to be in the middle of its bin.
    pub fn root_mean_square(&self) -> f64 {
        let width = (self.high - self.low) / N_BINS as f64;
        let middles = (0..N_BINS).map(|bin| self.low + (bin as f64 + 0.5) * width);
        let squares: f64 =
            middles.zip(&self.counts).map(|(middle, count)| middle * middle * *count as f64).sum();
        (squares / self.count().max(1) as f64).sqrt()
    }
}
