//! Copying large arrays to a device, in messages of a limited size where it needs that.

use burn::tensor::backend::Backend;
use burn::tensor::{BasicOps, DType, Element, Tensor, TensorData};
use std::num::NonZeroUsize;

/// What a device accepts when data is copied to it.
///
/// | name | default | meaning |
/// |---|---|---|
/// | `max_message_bytes` | no limit | the most bytes of one array that are sent at once; one row is always sent whole |
/// | `byte_tensors` | true | whether tensors of bytes may be used, where the backend supports them |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table above says what each field means")]
pub struct Upload {
    pub max_message_bytes: Option<NonZeroUsize>,
    pub byte_tensors: bool,
}

impl Default for Upload {
    fn default() -> Self {
        Self { max_message_bytes: None, byte_tensors: true }
    }
}

/// Bytes of one number on a device.
const NUMBER_SIZE: usize = 4;

impl Upload {
    /// The type of the integers that store pixels on `device`.
    pub(super) fn pixel_type<B: Backend>(self, device: &B::Device) -> DType {
        if self.byte_tensors && B::supports_dtype(device, DType::U8) { DType::U8 } else { DType::I32 }
    }

    /// Copies the rows of a row-major array of shape `[n, width]`. `make` creates the tensor of one message.
    pub(super) fn send<B: Backend, K: BasicOps<B>, E: Element>(
        self,
        values: Vec<E>,
        [n, width]: [usize; 2],
        make: impl Fn(TensorData) -> Tensor<B, 2, K>,
    ) -> Tensor<B, 2, K> {
        let rows = |limit: NonZeroUsize| (limit.get() / (NUMBER_SIZE * width.max(1))).max(1);
        let rows_per_message = self.max_message_bytes.map_or(n, rows);
        if rows_per_message >= n {
            return make(TensorData::new(values, [n, width]));
        }
        let messages = values.chunks(rows_per_message * width);
        let tensors = messages.map(|rows| make(TensorData::new(rows.to_vec(), [rows.len() / width, width])));
        Tensor::cat(tensors.collect(), 0)
    }
}
