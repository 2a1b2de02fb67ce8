//! Layers as single operations of autodiff's graph.
//!
//! Where kernels compute a layer and its derivative, autodiff records the layer as one operation, with the derivative as its
//! backward pass. Gradcheck computes in 64 bits, which no kernel does: there autodiff derives each layer from Burn's operations,
//! and shows that the derivatives are right.

use super::{
    AnyLayer, BatchNorm, InputGradient, Layer, LayerVisitor, Path, Penalty, TrainingPass, WithBackward,
};
use crate::description::{Activation, Precision};
use crate::graph::{self, Node, Tracked};
use burn::backend::Flex;
use burn::backend::flex::FlexTensor;
use burn::module::{AutodiffModule, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use emberlab_kernels::activation::Identity;
use std::any::Any;

type Computed = WithBackward<'static, Flex>;

/// The output of a layer for a training batch as one operation, or that of the layer and the next one, and the number of
/// these layers; `None` where no kernel computes them.
pub fn forward_training<B: Backend>(
    layer: &AnyLayer<B>,
    next: Option<&AnyLayer<B>>,
    input: &Tensor<B, 2>,
    pass: &TrainingPass,
) -> Option<(Tensor<B, 2>, usize)> {
    let input = graph::tracked(input)?;
    // A pattern is of the inputs of all layers.
    if pass.records_pattern() {
        return None;
    }
    let (layer, next) = (tracked(layer)?, next.and_then(tracked));
    let untracked = input.clone().inner();
    let (computed, layers) = match next.and_then(|next| Some((both(layer, next, &untracked)?, next))) {
        Some((computed, next)) => (computed, vec![layer, next]),
        None => (one(layer, &untracked, pass.precision())?, vec![layer]),
    };
    let output = operation(input.clone(), &layers, computed)?;
    Some((graph::untyped(output)?, layers.len()))
}

fn tracked<B: Backend>(layer: &AnyLayer<B>) -> Option<&AnyLayer<Tracked>> {
    (layer as &dyn Any).downcast_ref()
}

/// A layer by kernels.
fn one(layer: &AnyLayer<Tracked>, input: &Tensor<Flex, 2>, precision: Precision) -> Option<Computed> {
    match layer {
        AnyLayer::Linear(layer) => layer.valid().differentiate_on_host(input, precision),
        AnyLayer::Convolution(layer) => layer.valid().differentiate_on_host(input, precision),
        AnyLayer::BatchNorm(layer) => normalized(layer, |layer| layer.differentiate_on_host(input, Identity)),
        AnyLayer::MaxPool(layer) => layer.valid().differentiate_on_host(input),
        AnyLayer::Activation(layer) => match layer.activation {
            Activation::Relu | Activation::Gelu => Some(layer.differentiate_untracked(input.clone())),
            Activation::LeakyRelu | Activation::Tanh | Activation::Sigmoid => None,
        },
        _ => None,
    }
}

/// Two layers by a kernel, where one computes them together.
fn both(layer: &AnyLayer<Tracked>, next: &AnyLayer<Tracked>, input: &Tensor<Flex, 2>) -> Option<Computed> {
    match (layer, next) {
        (AnyLayer::BatchNorm(norm), AnyLayer::Activation(layer)) => {
            normalized(norm, |norm| norm.differentiate_activated(input, layer.activation))
        }
        _ => None,
    }
}

/// What a copy of batch norm without a graph computes, whose running means the layer takes.
fn normalized(
    layer: &BatchNorm<Tracked>,
    differentiate: impl FnOnce(&BatchNorm<Flex>) -> Option<Computed>,
) -> Option<Computed> {
    let copy = layer.valid();
    let computed = differentiate(&copy)?;
    layer.running_mean.update(Tensor::from_inner(copy.running_mean.value_sync()));
    layer.running_variance.update(Tensor::from_inner(copy.running_variance.value_sync()));
    Some(computed)
}

/// The operation of layers, which have at most two parameters.
fn operation(
    input: Tensor<Tracked, 2>,
    layers: &[&AnyLayer<Tracked>],
    (output, backward): Computed,
) -> Option<Tensor<Tracked, 2>> {
    let mut parameters = Parameters(Vec::new());
    layers.iter().for_each(|layer| layer.accept(&Path::root(), &mut parameters));
    let input = [graph::node(input)].into_iter();
    let parents = input.chain(parameters.0.iter().map(|parameter| parameter.node.clone())).collect();
    let gradients_of: Vec<_> =
        parameters.0.into_iter().map(|parameter| (parameter.id, parameter.take)).collect();
    graph::record(parents, output, move |grad, wanted| {
        let wanted = if wanted[0] { InputGradient::Wanted } else { InputGradient::Unused };
        let mut gradients = GradientsParams::new();
        let grad_input = backward(grad, wanted, &mut gradients).map(|grad| grad.into_primitive().tensor());
        let of_parameters = gradients_of.into_iter().map(|(id, take)| take(&mut gradients, id));
        [grad_input].into_iter().chain(of_parameters).collect()
    })
}

/// The tensor of a parameter in the graph.
struct Parameter {
    id: ParamId,
    node: Node,
    /// Takes its gradient out of those of a layer.
    take: fn(&mut GradientsParams, ParamId) -> Option<FlexTensor>,
}

struct Parameters(Vec<Parameter>);

impl LayerVisitor<Tracked> for Parameters {
    fn parameter<const D: usize>(
        &mut self,
        _path: &Path<'_>,
        parameter: &Param<Tensor<Tracked, D>>,
        _penalty: Penalty,
    ) {
        self.0.push(Parameter { id: parameter.id, node: graph::node(parameter.val()), take: take::<D> });
    }
}

fn take<const D: usize>(gradients: &mut GradientsParams, id: ParamId) -> Option<FlexTensor> {
    Some(gradients.remove::<Flex, D>(id)?.into_primitive().tensor())
}
