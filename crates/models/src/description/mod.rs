//! Plain descriptions of a classifier: its layers, and how it is trained.
//!
//! These types know no tensors, so they are all that remains of the crate without its feature `burn`. What is
//! computed from them lies in the files beside this folder.

mod activation;
mod architecture;
mod architecture_error;
mod batch_norm;
mod blocks;
mod filters;
mod gradient_rule;
mod layer_kind;
mod layer_row;
mod layer_spec;
mod layer_text;
mod named_tensor;
mod output;
mod pool;
mod precision;
mod scheme;
mod shape;
mod trainable_layer;
mod window;

pub use activation::Activation;
pub use architecture::{Architecture, LayerNames};
pub use architecture_error::{ArchitectureError, Reason};
pub use batch_norm::BatchNormOptions;
pub use blocks::{Blocks, ConvolutionBlocks};
pub use filters::{FilterInit, Filters};
pub use gradient_rule::GradientRule;
pub use layer_kind::{LayerDefinition, LayerKind, Shortcut};
pub use layer_row::LayerRow;
pub use layer_spec::LayerSpec;
pub use named_tensor::NamedTensor;
pub use output::Output;
pub use pool::Pool;
pub use precision::Precision;
pub use scheme::Scheme;
pub use shape::Shape;
pub use trainable_layer::TrainableLayer;
pub use window::{Padding, Window};
