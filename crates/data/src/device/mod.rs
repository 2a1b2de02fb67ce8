//! Data on a device: batches of tensors, the set they are cut from, and the loader that hands them out.

mod augmenter;
mod batch;
mod byte_normalizer;
mod loader;
mod set;
mod upload;

pub use augmenter::Augmenter;
pub use batch::ClassificationBatch;
pub use loader::DeviceLoader;
pub use set::DeviceSet;
pub use upload::Upload;
