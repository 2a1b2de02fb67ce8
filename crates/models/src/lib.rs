//! Classifiers for the lab, with gradients by autodiff or by hand.
//!
//! A [`Classifier`] is a [`Network`] of [`layers`], a [`Loss`] with the [`Output`] from logits to probabilities, and a
//! [`GradientRule`]: Burn's autodiff, or the derivative of each layer written out by hand. Both rules are one step of
//! Burn's learner, so that backends, optimizers, metrics and dashboard are the same. This crate reads no files and no
//! configuration.
//!
//! The gradients of a small network by both rules:
//!
//! ```
//! # #[cfg(feature = "burn")] {
//! use burn::backend::{Autodiff, Flex};
//! use burn::module::list_param_ids;
//! use burn::tensor::{Tensor, Tolerance};
//! use emberlab_data::{ClassificationBatch, RandomState};
//! use emberlab_models::{Architecture, Classifier, GradientRule, Loss, Network, Objective, Output, Scheme, SharedRandom};
//!
//! let device = Default::default();
//! let (random, dropout) = (&mut RandomState::new(42), SharedRandom::new(42));
//! let scheme = Scheme::AugmentedNormal { std: 0.5 };
//! let network = Network::<Autodiff<Flex>>::new(&Architecture::mlp(2, &[3], 2), scheme, random, &dropout, &device);
//! let batch = ClassificationBatch {
//!     inputs: Tensor::from_data([[0.5, -1.0], [2.0, 0.3]], &device),
//!     labels: Tensor::from_data([0, 1], &device),
//!     targets: Tensor::from_data([[1.0, 0.0], [0.0, 1.0]], &device),
//! };
//! let [(loss, gradient), (loss_by_hand, by_hand)] = [GradientRule::Autodiff, GradientRule::Manual].map(|rule| {
//!     let classifier = Classifier::new(network.clone(), Objective::new(Loss::new(Output::Softmax)), rule);
//!     let mut gradients = rule.gradients(&classifier, batch.clone());
//!     let weight = gradients.parameters.remove::<Flex, 2>(list_param_ids(&network)[0]).unwrap();
//!     (gradients.score.read().loss, weight.into_data())
//! });
//! assert!((loss - loss_by_hand).abs() < 1e-6);
//! gradient.assert_approx_eq::<f32>(&by_hand, Tolerance::default());
//! # }
//! ```
//!
//! Other crates bring layers and networks of their own: [`CustomNetwork`] lists layers, and
//! [`CustomModule`](layers::CustomModule) is a Burn module as one of them, with or without a derivative by hand.
//!
//! Without the feature `burn`, which is on by default, the crate has only the plain descriptions, such as
//! [`Architecture`] and [`Score`], and does not depend on Burn.

mod description;
mod metrics;

pub use description::{
    Activation, Architecture, ArchitectureError, BatchNormOptions, Blocks, ConvolutionBlocks, FilterInit,
    Filters, GradientRule, LayerDefinition, LayerKind, LayerNames, LayerRow, LayerSpec, NamedTensor, Output,
    Padding, Pool, Precision, Reason, Scheme, Shape, Shortcut, TrainableLayer, Window,
};
pub use metrics::{Description, LOSS, Metric, MetricName, MetricSums, Score, ScoreMean, Unit};

#[cfg(feature = "burn")]
mod activations;
#[cfg(feature = "burn")]
mod classifier;
#[cfg(feature = "burn")]
mod custom_network;
#[cfg(feature = "burn")]
mod gradients;
#[cfg(feature = "burn")]
mod graph;
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
mod parameters;
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
    custom_network::{CustomNetwork, LayerBuilder},
    gradients::{Gradients, manual_gradients},
    layers::SharedRandom,
    loss::Loss,
    metrics::{PendingScore, StepScore, Weight},
    network::Network,
    parameters::NamedParameter,
    pattern::{Mask, Pattern},
    tensors::TensorsError,
};
