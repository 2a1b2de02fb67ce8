//! The types of a metric's computation on the device.

pub use crate::description::Output;
pub use burn::tensor::backend::Backend;
pub use burn::tensor::{Int, Tensor};
pub use emberlab_data::ClassificationBatch;
