//! A part of a data set in the device's memory.

use crate::batch::ClassificationBatch;
use crate::labelled_data::{Features, LabelledData};
use burn::tensor::backend::Backend;
use burn::tensor::{DType, Int, Tensor, TensorData};
use std::ops::Range;

/// What turns stored features into a model's inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalization {
    /// Features as they are.
    None,
    /// Pixel bytes divided by 255, so that they lie in `[0, 1]`.
    Unit,
}

impl Normalization {
    fn divisor(self) -> f32 {
        match self {
            Self::None => 1.0,
            Self::Unit => 255.0,
        }
    }

    /// The features as a model's inputs, in double precision.
    pub fn apply(self, features: &Features) -> Vec<f64> {
        let divisor = f64::from(self.divisor());
        match features {
            Features::Table { values, .. } => values.iter().map(|value| value / divisor).collect(),
            Features::Images { pixels, .. } => pixels.iter().map(|&byte| f64::from(byte) / divisor).collect(),
        }
    }
}

/// All samples of one part on one device, copied there once.
#[derive(Clone, Debug)]
pub struct DeviceSet<B: Backend> {
    inputs: Inputs<B>,
    labels: Tensor<B, 1, Int>,
    targets: Tensor<B, 2>,
}

#[derive(Clone, Debug)]
enum Inputs<B: Backend> {
    /// Normalised, `[n, n_features]`.
    Ready(Tensor<B, 2>),
    /// Bytes that are normalised batch by batch, `[n, n_features]`: a quarter of the memory.
    Bytes(Tensor<B, 2, Int>, Normalization),
}

impl<B: Backend> DeviceSet<B> {
    /// Copies `data` to `device`.
    ///
    /// With `whole`, the set is used as one batch and is normalised at once. Otherwise images stay
    /// bytes, on devices that compute with bytes.
    pub fn new(data: &LabelledData, normalization: Normalization, whole: bool, device: &B::Device) -> Self {
        let (n, n_classes) = (data.len(), data.n_classes());
        let shape = [n, data.n_features()];
        let divisor = normalization.divisor();
        let ready =
            |values: Vec<f32>| Inputs::Ready(Tensor::from_data(TensorData::new(values, shape), device));
        let inputs = match &data.features {
            Features::Table { values, .. } => {
                ready(values.iter().map(|&value| value as f32 / divisor).collect())
            }
            Features::Images { pixels, .. } if whole || !B::supports_dtype(device, DType::U8) => {
                ready(pixels.iter().map(|&byte| f32::from(byte) / divisor).collect())
            }
            Features::Images { pixels, .. } => {
                let bytes = TensorData::new(pixels.clone(), shape);
                Inputs::Bytes(Tensor::from_data(bytes, (device, DType::U8)), normalization)
            }
        };
        let mut targets = vec![0.0f32; n * n_classes];
        for (row, &label) in targets.chunks_exact_mut(n_classes).zip(&data.labels) {
            row[label as usize] = 1.0;
        }
        let labels: Vec<i64> = data.labels.iter().map(|&label| i64::from(label)).collect();
        Self {
            inputs,
            labels: Tensor::from_data(TensorData::new(labels, [n]), device),
            targets: Tensor::from_data(TensorData::new(targets, [n, n_classes]), device),
        }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.labels.dims()[0]
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The device that holds the samples.
    pub fn device(&self) -> B::Device {
        self.labels.device()
    }

    /// All samples as one batch; no copy when the set was made `whole`.
    pub fn all(&self) -> ClassificationBatch<B> {
        self.clone().into_batch()
    }

    /// The samples in `range`.
    pub fn range(&self, range: Range<usize>) -> ClassificationBatch<B> {
        self.slice(range).into_batch()
    }

    /// The samples at `rows`, an index tensor `[n]`.
    pub fn rows(&self, rows: Tensor<B, 1, Int>) -> ClassificationBatch<B> {
        let selected = Self {
            inputs: match &self.inputs {
                Inputs::Ready(inputs) => Inputs::Ready(inputs.clone().select(0, rows.clone())),
                Inputs::Bytes(bytes, normalization) => {
                    Inputs::Bytes(bytes.clone().select(0, rows.clone()), *normalization)
                }
            },
            labels: self.labels.clone().select(0, rows.clone()),
            targets: self.targets.clone().select(0, rows),
        };
        selected.into_batch()
    }

    /// The labels of all samples as a batch whose inputs are a column of zeros, for what needs no more.
    pub fn labels_only(&self) -> ClassificationBatch<B> {
        ClassificationBatch {
            inputs: Tensor::zeros([self.len(), 1], &self.device()),
            labels: self.labels.clone(),
            targets: self.targets.clone(),
        }
    }

    /// The samples in `range`, as a set of their own.
    pub fn slice(&self, range: Range<usize>) -> Self {
        Self {
            inputs: match &self.inputs {
                Inputs::Ready(inputs) => Inputs::Ready(inputs.clone().slice(range.clone())),
                Inputs::Bytes(bytes, normalization) => {
                    Inputs::Bytes(bytes.clone().slice(range.clone()), *normalization)
                }
            },
            labels: self.labels.clone().slice(range.clone()),
            targets: self.targets.clone().slice(range),
        }
    }

    /// The same samples on another device.
    pub fn to_device(&self, device: &B::Device) -> Self {
        Self {
            inputs: match &self.inputs {
                Inputs::Ready(inputs) => Inputs::Ready(inputs.clone().to_device(device)),
                Inputs::Bytes(bytes, normalization) => {
                    Inputs::Bytes(bytes.clone().to_device(device), *normalization)
                }
            },
            labels: self.labels.clone().to_device(device),
            targets: self.targets.clone().to_device(device),
        }
    }

    fn into_batch(self) -> ClassificationBatch<B> {
        ClassificationBatch {
            inputs: match self.inputs {
                Inputs::Ready(inputs) => inputs,
                Inputs::Bytes(bytes, normalization) => bytes.float() / normalization.divisor(),
            },
            labels: self.labels,
            targets: self.targets,
        }
    }
}
