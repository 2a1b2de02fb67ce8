//! A graph while it is built: operators one after another.

use super::proto::{Attribute, FLOAT, Graph, Node, Tensor};
use emberlab_models::NamedTensor;
use std::collections::HashMap;

/// Operators and constants. The names of values are those of the layers that compute them.
pub struct GraphBuilder {
    weights: HashMap<String, NamedTensor>,
    nodes: Vec<Node>,
    constants: Vec<Tensor>,
}

impl GraphBuilder {
    /// An empty graph for layers with these weights.
    pub fn new(weights: Vec<NamedTensor>) -> Self {
        let weights = weights.into_iter().map(|tensor| (tensor.name.clone(), tensor)).collect();
        Self { weights, nodes: Vec::new(), constants: Vec::new() }
    }

    /// Adds an operator that computes the value `output`, and returns this name.
    pub fn node(
        &mut self,
        operator: &str,
        inputs: &[&str],
        output: &str,
        attributes: Vec<Attribute>,
    ) -> String {
        self.nodes.push(Node {
            input: inputs.iter().map(|input| (*input).to_owned()).collect(),
            output: vec![output.to_owned()],
            name: output.to_owned(),
            op_type: operator.to_owned(),
            attribute: attributes,
        });
        output.to_owned()
    }

    /// Adds a constant and returns its name.
    pub fn constant(&mut self, name: &str, shape: &[usize], values: &[f32]) -> String {
        self.constants.push(Tensor {
            dims: shape.iter().map(|size| *size as i64).collect(),
            data_type: FLOAT,
            name: name.to_owned(),
            raw_data: values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        });
        name.to_owned()
    }

    /// Adds the weights of a layer as a constant and returns its name; `None` if it has none of this name.
    pub fn weights(&mut self, name: &str) -> Option<String> {
        let NamedTensor { shape, values, .. } = self.weights.remove(name)?;
        Some(self.constant(name, &shape, &values))
    }

    /// The graph, without its inputs and outputs.
    pub fn finish(self, name: &str) -> Graph {
        Graph { node: self.nodes, name: name.to_owned(), initializer: self.constants, ..Graph::default() }
    }
}
