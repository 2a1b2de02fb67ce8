//! The layers of a network as JSON.

use emberlab_models::{Architecture, LayerRow, Shape};
use serde::Serialize;

/// Bytes of a number in 32 bits.
pub const BYTES_PER_VALUE: usize = 4;

/// The layers of a network, with its totals.
#[derive(Serialize)]
pub struct LayerReport {
    /// Samples of a batch.
    batch_size: usize,
    /// The shape of a sample: its numbers, or channels, height and width.
    input: Vec<usize>,
    /// From the input on.
    layers: Vec<LayerEntry>,
    #[serde(flatten)]
    total: Counts,
}

/// A layer. The counts of a residual block contain those of the layers inside it.
#[derive(Serialize)]
struct LayerEntry {
    name: String,
    layer: String,
    output: Vec<usize>,
    #[serde(flatten)]
    counts: Counts,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    layers: Vec<LayerEntry>,
}

#[derive(Serialize)]
struct Counts {
    parameters: usize,
    /// Of one sample.
    multiply_adds: usize,
    /// Of the outputs of a batch.
    output_bytes: usize,
}

impl LayerReport {
    pub fn new(architecture: &Architecture, batch_size: usize) -> Self {
        Self {
            batch_size,
            input: dimensions(architecture.input()),
            layers: architecture.rows().iter().map(|row| LayerEntry::new(row, batch_size)).collect(),
            total: Counts {
                parameters: architecture.n_parameters(),
                multiply_adds: architecture.multiply_adds(),
                output_bytes: bytes(architecture.n_kept(), batch_size),
            },
        }
    }
}

impl LayerEntry {
    fn new(row: &LayerRow<'_>, batch_size: usize) -> Self {
        Self {
            name: row.name.clone(),
            layer: row.layer.to_string(),
            output: dimensions(row.output()),
            counts: Counts {
                parameters: row.n_parameters(),
                multiply_adds: row.multiply_adds(),
                output_bytes: bytes(row.n_kept(), batch_size),
            },
            layers: row.inner.iter().map(|row| Self::new(row, batch_size)).collect(),
        }
    }
}

/// Bytes of some values of each sample of a batch.
pub fn bytes(n_values: usize, batch_size: usize) -> usize {
    n_values.saturating_mul(batch_size).saturating_mul(BYTES_PER_VALUE)
}

fn dimensions(shape: Shape) -> Vec<usize> {
    match shape {
        Shape::Features(size) => vec![size],
        Shape::Image(image) => vec![image.channels, image.height, image.width],
    }
}
