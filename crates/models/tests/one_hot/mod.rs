//! Batches with labels.

use burn::tensor::backend::Backend;
use burn::tensor::{DType, Tensor, TensorData};
use emberlab_data::ClassificationBatch;

/// A batch of `inputs` with its labels, also as one-hot targets of a type.
pub fn batch<B: Backend>(
    inputs: Tensor<B, 2>,
    labels: &[i64],
    n_classes: usize,
    dtype: DType,
) -> ClassificationBatch<B> {
    let (n, device) = (labels.len(), inputs.device());
    let mut targets = vec![0.0; n * n_classes];
    for (row, &label) in labels.iter().enumerate() {
        targets[row * n_classes + label as usize] = 1.0;
    }
    ClassificationBatch {
        inputs,
        labels: Tensor::from_data(TensorData::new(labels.to_vec(), [n]), &device),
        targets: Tensor::from_data(TensorData::new(targets, [n, n_classes]), (&device, dtype)),
    }
}
