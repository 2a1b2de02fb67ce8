//! Classifiers for the lab, and the two ways to their gradients.
//!
//! A [`Classifier`] is a [`Network`] of [`layers`], an [`Output`] that makes probabilities and the
//! loss of its logits, and a [`GradientRule`]: Burn's autodiff, or the derivative of each layer
//! written out by hand. Both rules are one step of Burn's learner, so that everything around them,
//! backends, optimizers, metrics and dashboard, is the same. This crate knows no files and no
//! configuration.

mod classifier;
mod gradients;
mod init;
pub mod layers;
mod network;
mod output;
mod score;

pub use classifier::Classifier;
pub use gradients::{GradientRule, Gradients};
pub use init::Scheme;
pub use network::{Network, NetworkShape};
pub use output::Output;
pub use score::{PendingScore, Score, ScoreMean, StepScore};
