//! A part of a data set in the device's memory.

use crate::augmentation::Augmenter;
use crate::batch::ClassificationBatch;
use crate::labelled_data::{Features, LabelledData};
use crate::normalizer::Normalizer;
use crate::random_state::RandomState;
use burn::tensor::backend::Backend;
use burn::tensor::{BasicOps, DType, Element, Int, Tensor, TensorData};
use std::ops::Range;

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
    Bytes(Tensor<B, 2, Int>, ByteNormalizer<B>),
}

/// A [`Normalizer`] of images on the device.
#[derive(Clone, Debug)]
struct ByteNormalizer<B: Backend> {
    divisor: f64,
    /// Mean and standard deviation of each value of an image, `[1, n_features]`.
    statistics: Option<[Tensor<B, 2>; 2]>,
}

impl<B: Backend> ByteNormalizer<B> {
    fn new(normalizer: &Normalizer, features: &Features, device: &B::Device) -> Self {
        let row = |values: Vec<f64>| {
            let shape = [1, values.len()];
            Tensor::from_data(TensorData::new(values, shape), device)
        };
        let statistics = normalizer.rows(features).map(|(mean, deviation)| [row(mean), row(deviation)]);
        Self { divisor: normalizer.divisor(features), statistics }
    }

    fn apply(&self, pixels: Tensor<B, 2>) -> Tensor<B, 2> {
        let pixels = if self.divisor == 1.0 { pixels } else { pixels / self.divisor };
        match &self.statistics {
            Some([mean, deviation]) => (pixels - mean.clone()) / deviation.clone(),
            None => pixels,
        }
    }

    fn to_device(&self, device: &B::Device) -> Self {
        let moved = |row: &Tensor<B, 2>| row.clone().to_device(device);
        let statistics = self.statistics.as_ref().map(|statistics| statistics.each_ref().map(moved));
        Self { divisor: self.divisor, statistics }
    }
}

/// Bytes that go to another machine at once; Burn 0.21's server takes no message above 16 MiB.
const MESSAGE_SIZE: usize = 8 << 20;

/// Whether a device is in another machine, which Burn leads to by its router.
fn is_elsewhere<B: Backend>(device: &B::Device) -> bool {
    B::name(device).contains("remote")
}

/// Whether a device has tensors of bytes. Burn 0.21's router says so and then drops every tensor of unsigned numbers that
/// it is given.
fn keeps_bytes<B: Backend>(device: &B::Device) -> bool {
    !is_elsewhere::<B>(device) && B::supports_dtype(device, DType::U8)
}

/// Rows of numbers as a tensor that `make` makes on `device`; to another machine they go some at a time.
fn upload<B: Backend, K: BasicOps<B>, E: Element>(
    values: Vec<E>,
    [n, width]: [usize; 2],
    device: &B::Device,
    make: impl Fn(TensorData) -> Tensor<B, 2, K>,
) -> Tensor<B, 2, K> {
    // Numbers take four bytes there.
    let at_once = if is_elsewhere::<B>(device) { (MESSAGE_SIZE / (4 * width.max(1))).max(1) } else { n };
    if at_once >= n {
        return make(TensorData::new(values, [n, width]));
    }
    let parts = values.chunks(at_once * width);
    Tensor::cat(
        parts.map(|part| make(TensorData::new(part.to_vec(), [part.len() / width, width]))).collect(),
        0,
    )
}

impl<B: Backend> DeviceSet<B> {
    /// Moves `data` to `device`.
    ///
    /// With `whole`, the set is used as one batch, unchanged, and is normalised at once. Otherwise
    /// images stay bytes, on devices that compute with bytes.
    pub fn new(data: LabelledData, normalizer: &Normalizer, whole: bool, device: &B::Device) -> Self {
        let (n, n_classes) = (data.len(), data.n_classes());
        let shape = [n, data.n_features()];
        let normalize_bytes = ByteNormalizer::new(normalizer, &data.features, device);
        let inputs = match data.features {
            Features::Images { pixels, .. } if !whole => {
                let dtype = if keeps_bytes::<B>(device) { DType::U8 } else { DType::I32 };
                let bytes = upload(pixels, shape, device, |data| Tensor::from_data(data, (device, dtype)));
                Inputs::Bytes(bytes, normalize_bytes)
            }
            features => {
                let values = normalizer.apply(&features);
                Inputs::Ready(upload(values, shape, device, |data| Tensor::from_data(data, device)))
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
            targets: upload(targets, [n, n_classes], device, |data| Tensor::from_data(data, device)),
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

    /// The samples at `rows`, an index tensor `[n]`, as a set of their own.
    pub fn rows(&self, rows: Tensor<B, 1, Int>) -> Self {
        Self {
            inputs: match &self.inputs {
                Inputs::Ready(inputs) => Inputs::Ready(inputs.clone().select(0, rows.clone())),
                Inputs::Bytes(bytes, normalizer) => {
                    Inputs::Bytes(bytes.clone().select(0, rows.clone()), normalizer.clone())
                }
            },
            labels: self.labels.clone().select(0, rows.clone()),
            targets: self.targets.clone().select(0, rows),
        }
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
                Inputs::Bytes(bytes, normalizer) => {
                    Inputs::Bytes(bytes.clone().slice(range.clone()), normalizer.clone())
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
                Inputs::Bytes(bytes, normalizer) => {
                    Inputs::Bytes(bytes.clone().to_device(device), normalizer.to_device(device))
                }
            },
            labels: self.labels.clone().to_device(device),
            targets: self.targets.clone().to_device(device),
        }
    }

    /// All samples as one batch; no copy when the set was made `whole`.
    pub fn into_batch(self) -> ClassificationBatch<B> {
        ClassificationBatch {
            inputs: match self.inputs {
                Inputs::Ready(inputs) => inputs,
                Inputs::Bytes(bytes, normalizer) => normalizer.apply(bytes.float()),
            },
            labels: self.labels,
            targets: self.targets,
        }
    }

    /// All samples as one batch of changed images. The set must not have been made `whole`; samples
    /// that are no bytes stay as they are.
    pub fn into_augmented_batch(
        self,
        augmenter: &Augmenter<B>,
        random: &mut RandomState,
    ) -> ClassificationBatch<B> {
        match self.inputs {
            Inputs::Bytes(bytes, normalizer) => ClassificationBatch {
                inputs: normalizer.apply(augmenter.apply(bytes.float(), random)),
                labels: self.labels,
                targets: self.targets,
            },
            Inputs::Ready(_) => self.into_batch(),
        }
    }
}
