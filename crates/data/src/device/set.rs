//! The samples of a data set in the device's memory.

use super::augmenter::{Augmenter, Change};
use super::batch::ClassificationBatch;
use super::byte_normalizer::ByteNormalizer;
use super::upload::Upload;
use crate::labelled_data::{Features, LabelledData};
use crate::normalizer::Normalizer;
use burn::tensor::backend::Backend;
use burn::tensor::{BasicOps, Int, Tensor, TensorData};
use std::ops::Range;

/// The samples of one part of a data set on a device, copied there once.
#[derive(Clone, Debug)]
pub struct DeviceSet<B: Backend> {
    inputs: Inputs<B>,
    labels: Tensor<B, 1, Int>,
    targets: Tensor<B, 2>,
}

#[derive(Clone, Debug)]
enum Inputs<B: Backend> {
    /// Normalized, `[n, n_features]`.
    Ready(Tensor<B, 2>),
    /// Pixels that are normalized batch by batch, `[n, n_features]`. As bytes they take a quarter of the memory.
    Pixels(Tensor<B, 2, Int>, ByteNormalizer<B>),
}

/// Applies one operation on rows to tensors of any kind.
trait RowOperation<B: Backend> {
    fn apply<const D: usize, K: BasicOps<B>>(&self, tensor: &Tensor<B, D, K>) -> Tensor<B, D, K>;
}

/// Selects rows by an index tensor, `[n]`.
struct Select<B: Backend>(Tensor<B, 1, Int>);

impl<B: Backend> RowOperation<B> for Select<B> {
    fn apply<const D: usize, K: BasicOps<B>>(&self, tensor: &Tensor<B, D, K>) -> Tensor<B, D, K> {
        tensor.clone().select(0, self.0.clone())
    }
}

/// Takes a range of rows.
struct Slice(Range<usize>);

impl<B: Backend> RowOperation<B> for Slice {
    fn apply<const D: usize, K: BasicOps<B>>(&self, tensor: &Tensor<B, D, K>) -> Tensor<B, D, K> {
        tensor.clone().slice(self.0.clone())
    }
}

impl<B: Backend> DeviceSet<B> {
    /// Copies `data` to `device`.
    ///
    /// With `whole`, the set is meant to be used as one batch without augmentation and is normalized at once.
    /// Otherwise images stay bytes, on devices that compute with bytes.
    pub fn new(
        data: LabelledData,
        normalizer: &Normalizer,
        whole: bool,
        upload: Upload,
        device: &B::Device,
    ) -> Self {
        let (n, n_classes) = (data.len(), data.n_classes());
        let shape = [n, data.n_features()];
        let on_device = ByteNormalizer::new(normalizer, &data.features, device);
        let inputs = match data.features {
            Features::Images { pixels, .. } if !whole => {
                let dtype = upload.pixel_type::<B>(device);
                let pixels = upload.send(pixels, shape, |data| Tensor::from_data(data, (device, dtype)));
                Inputs::Pixels(pixels, on_device)
            }
            features => {
                let values = normalizer.apply(&features);
                Inputs::Ready(upload.send(values, shape, |data| Tensor::from_data(data, device)))
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
            targets: upload.send(targets, [n, n_classes], |data| Tensor::from_data(data, device)),
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

    /// The samples at `rows`, an index tensor `[n]`, as a new set.
    pub fn rows(&self, rows: Tensor<B, 1, Int>) -> Self {
        self.apply(&Select(rows))
    }

    /// The samples in `range`, as a new set.
    pub fn slice(&self, range: Range<usize>) -> Self {
        self.apply(&Slice(range))
    }

    fn apply(&self, operation: &impl RowOperation<B>) -> Self {
        Self {
            inputs: match &self.inputs {
                Inputs::Ready(inputs) => Inputs::Ready(operation.apply(inputs)),
                Inputs::Pixels(pixels, normalizer) => {
                    Inputs::Pixels(operation.apply(pixels), normalizer.clone())
                }
            },
            labels: operation.apply(&self.labels),
            targets: operation.apply(&self.targets),
        }
    }

    /// The same samples on another device.
    pub fn to_device(&self, device: &B::Device) -> Self {
        Self {
            inputs: match &self.inputs {
                Inputs::Ready(inputs) => Inputs::Ready(inputs.clone().to_device(device)),
                Inputs::Pixels(pixels, normalizer) => {
                    Inputs::Pixels(pixels.clone().to_device(device), normalizer.to_device(device))
                }
            },
            labels: self.labels.clone().to_device(device),
            targets: self.targets.clone().to_device(device),
        }
    }

    /// The labels of all samples as a batch whose inputs are one column of zeros, for computations that need labels
    /// alone.
    pub fn labels_only(&self) -> ClassificationBatch<B> {
        ClassificationBatch {
            inputs: Tensor::zeros([self.len(), 1], &self.device()),
            labels: self.labels.clone(),
            targets: self.targets.clone(),
        }
    }

    /// All samples as one batch, without a copy where the set was created with `whole`.
    pub fn into_batch(self) -> ClassificationBatch<B> {
        let inputs = match self.inputs {
            Inputs::Ready(inputs) => inputs,
            Inputs::Pixels(pixels, normalizer) => normalizer.apply(pixels),
        };
        ClassificationBatch { inputs, labels: self.labels, targets: self.targets }
    }

    /// All samples as one batch of augmented images, each with its change. Only pixels are augmented: tables and sets
    /// created with `whole` stay as they are.
    pub(super) fn into_augmented_batch(
        self,
        augmenter: &Augmenter<B>,
        changes: &[Change],
    ) -> ClassificationBatch<B> {
        let inputs = match self.inputs {
            Inputs::Ready(inputs) => inputs,
            Inputs::Pixels(pixels, normalizer) => {
                let inputs = match augmenter.move_on_host(&pixels, changes) {
                    Some(moved) => normalizer.apply(moved),
                    None => normalizer.apply_to_numbers(augmenter.move_pixels(pixels.float(), changes)),
                };
                augmenter.cut_out(inputs, changes)
            }
        };
        ClassificationBatch { inputs, labels: self.labels, targets: self.targets }
    }
}
