//! Classifiers for the lab, and the two ways to their gradients.
//!
//! A [`Classifier`] is a [`Network`] of [`layers`], a [`Loss`] with the [`Output`] that makes
//! probabilities of its logits, and a [`GradientRule`]: Burn's autodiff, or the derivative of each
//! layer written out by hand. Both rules are one step of Burn's learner, so that everything around
//! them, backends, optimizers, metrics and dashboard, is the same. This crate knows no files and no
//! configuration.

mod activations;
mod architecture;
mod classifier;
mod gradients;
mod init;
pub mod layers;
mod loss;
mod metrics;
mod network;
mod output;
mod pattern;
mod precision;
mod tensors;

pub use activations::Activation;
pub use architecture::{Architecture, ConvolutionBlocks, LayerSpec};
pub use classifier::{Classifier, Objective};
pub use gradients::{GradientRule, Gradients, InputGradientTensor, manual_gradients};
pub use init::Scheme;
pub use layers::SharedRandom;
pub use loss::Loss;
pub use metrics::{
    Description, LOSS, Metric, MetricName, MetricSums, PendingScore, Score, ScoreMean, StepScore, Unit,
    Weight,
};
pub use network::Network;
pub use output::Output;
pub use pattern::{Mask, Pattern};
pub use precision::Precision;
pub use tensors::{NamedTensor, TensorsError};
