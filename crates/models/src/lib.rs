//! Classifiers for the lab, with gradients by autodiff or by hand.
//!
//! A [`Classifier`] is a [`Network`] of [`layers`], a [`Loss`] with the [`Output`] from logits to probabilities, and a
//! [`GradientRule`]: Burn's autodiff, or the derivative of each layer written out by hand. Both rules are one step of
//! Burn's learner, so that backends, optimizers, metrics and dashboard are the same. This crate reads no files and no
//! configuration.
//!
//! Without the feature `burn`, which is on by default, the crate has only the plain descriptions, such as
//! [`Architecture`] and [`Score`], and does not depend on Burn.

mod description;
mod metrics;

pub use description::{
    Activation, Architecture, ConvolutionBlocks, GradientRule, LayerSpec, NamedTensor, Output, Pool,
    Precision, Scheme,
};
pub use metrics::{Description, LOSS, Metric, MetricName, MetricSums, Score, ScoreMean, Unit};

#[cfg(feature = "burn")]
mod activations;
#[cfg(feature = "burn")]
mod classifier;
#[cfg(feature = "burn")]
mod gradients;
#[cfg(feature = "burn")]
mod init;
#[cfg(feature = "burn")]
pub mod layers;
#[cfg(feature = "burn")]
mod loss;
#[cfg(feature = "burn")]
mod mixed_precision;
#[cfg(feature = "burn")]
mod network;
#[cfg(feature = "burn")]
mod output;
#[cfg(feature = "burn")]
mod pattern;
#[cfg(feature = "burn")]
mod penalty;
#[cfg(feature = "burn")]
mod tensors;
#[cfg(feature = "burn")]
mod tuning;

#[cfg(feature = "burn")]
pub use {
    classifier::{Classifier, Objective},
    gradients::{Gradients, InputGradientTensor, manual_gradients},
    layers::SharedRandom,
    loss::Loss,
    metrics::{PendingScore, StepScore, Weight},
    network::Network,
    pattern::{Mask, Pattern},
    tensors::TensorsError,
};
