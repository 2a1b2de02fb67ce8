//! The parameters of a network, to choose among them.

use crate::description::TrainableLayer;
use crate::layers::{LayerVisitor, Path, Penalty};
use crate::network::Network;
use burn::module::{Param, ParamId};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// A parameter that an optimizer updates.
#[derive(Clone, Debug)]
pub struct NamedParameter {
    /// Its id in the network.
    pub id: ParamId,
    /// Its name among the [tensors](Network::tensors) of the network.
    pub name: String,
    /// The kind of its layer.
    pub layer: Option<TrainableLayer>,
}

impl<B: Backend> Network<B> {
    /// The parameters that an optimizer updates, from the input on.
    pub fn parameters(&self) -> Vec<NamedParameter> {
        let mut list = List(Vec::new());
        self.visit_layers(&mut list);
        list.0
    }
}

struct List(Vec<NamedParameter>);

impl<B: Backend> LayerVisitor<B> for List {
    fn parameter<const D: usize>(&mut self, path: &Path<'_>, parameter: &Param<Tensor<B, D>>, _: Penalty) {
        self.0.push(NamedParameter { id: parameter.id, name: path.to_string(), layer: path.layer() });
    }
}
