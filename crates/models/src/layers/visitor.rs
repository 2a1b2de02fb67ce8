//! Visits the parameters, running means and generators of layers, with their names.

use super::{Layer, Layers, SharedRandom};
use crate::description::{LayerNames, TrainableLayer};
use burn::module::{Param, RunningState};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use std::fmt;

/// Receives what a layer consists of. Each method does nothing unless it is implemented.
#[expect(unused_variables, reason = "the methods do nothing by default")]
pub trait LayerVisitor<B: Backend> {
    /// A parameter that the optimizer updates.
    fn parameter<const D: usize>(
        &mut self,
        path: &Path<'_>,
        parameter: &Param<Tensor<B, D>>,
        penalty: Penalty,
    ) {
    }

    /// A tensor `[n]` of one constant value, which only files of weights have, because PyTorch's layer has it.
    fn constant(&mut self, path: &Path<'_>, n: usize, value: f32) {}

    /// A running mean that training updates and predictions use.
    fn state(&mut self, path: &Path<'_>, state: &RunningState<Tensor<B, 1>>) {}

    /// A tensor of a custom module that no optimizer updates, such as a running mean.
    fn custom_state<const D: usize>(&mut self, path: &Path<'_>, state: &Param<Tensor<B, D>>) {}

    /// A generator that the layer draws from while training.
    fn random(&mut self, random: &SharedRandom) {}
}

/// Whether the L1 penalty includes a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Penalty {
    /// Weights.
    Included,
    /// Biases, and the parameters of batch norm.
    Excluded,
}

/// The place of a layer or a tensor in a network, as `convolutions.0.weight`. It becomes text when it is displayed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    name: &'a str,
    index: Option<usize>,
    /// The group of the layer that it is, or that it is in.
    group: &'a str,
}

impl<'a> Path<'a> {
    /// The network itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// The place of `name` in this one.
    pub fn child(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), name, index: None, group: self.group }
    }

    /// The kind of the layer that a tensor belongs to.
    pub fn layer(&self) -> Option<TrainableLayer> {
        TrainableLayer::of_group(self.group)
    }

    fn in_group(self, group: &'a str) -> Self {
        Self { group, ..self }
    }

    /// The place of a layer in this list; `name` is empty where its position alone is its name.
    fn item(&'a self, name: &'a str, index: usize) -> Self {
        Self { parent: Some(self), name, index: Some(index), group: self.group }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent.filter(|parent| parent.parent.is_some()) {
            write!(f, "{parent}.")?;
        }
        match self.index {
            None => f.write_str(self.name),
            Some(index) if self.name.is_empty() => write!(f, "{index}"),
            Some(index) => write!(f, "{}.{index}", self.name),
        }
    }
}

/// Visits layers that lie at `path`, in order. Each has the name of its group and its number among those of its group, or its
/// position alone.
pub fn visit_layers<B: Backend>(path: &Path<'_>, layers: &Layers<B>, visitor: &mut impl LayerVisitor<B>) {
    for (position, layer) in layers.iter().enumerate() {
        let group = layer.group();
        let item = match layers.names() {
            LayerNames::ByPosition => path.item("", position),
            LayerNames::ByKind => {
                let earlier = layers[..position].iter().filter(|earlier| earlier.group() == group);
                path.item(group, earlier.count())
            }
        };
        layer.accept(&item.in_group(group), visitor);
    }
}
