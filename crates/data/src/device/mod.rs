//! Data on a device: batches of tensors, the set they are cut from, the loader that hands them out, and tensors of the CPU as slices.

mod augmenter;
mod augmenting;
mod batch;
mod byte_normalizer;
mod cutout;
pub mod host;
mod loader;
mod set;
mod sources;
mod upload;
mod views;

pub use augmenter::Augmenter;
pub use batch::ClassificationBatch;
pub use loader::DeviceLoader;
pub use set::DeviceSet;
pub use upload::Upload;
pub use views::DeviceViews;
