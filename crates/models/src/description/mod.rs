//! Plain descriptions of a classifier: its layers, and how it is trained.
//!
//! These types know no tensors, so they are all that remains of the crate without its feature `burn`. What is
//! computed from them lies in the files beside this folder.

mod activation;
mod architecture;
mod gradient_rule;
mod named_tensor;
mod output;
mod pool;
mod precision;
mod scheme;

pub use activation::Activation;
pub use architecture::{Architecture, ConvolutionBlocks, LayerSpec};
pub use gradient_rule::GradientRule;
pub use named_tensor::NamedTensor;
pub use output::Output;
pub use pool::Pool;
pub use precision::Precision;
pub use scheme::Scheme;
