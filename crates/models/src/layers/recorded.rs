//! Layers as single operations of autodiff's graph.
//!
//! Where kernels compute a layer and its derivative, autodiff records the layer as one operation, with the derivative as its
//! backward pass. Gradcheck computes in 64 bits, which no kernel does: there autodiff derives each layer from Burn's operations,
//! and shows that the derivatives are right.

use super::running::RunningMeans;
use super::{
    AnyLayer, InputGradient, Layer, LayerVisitor, Path, Penalty, TrainingPass, WithBackward, sequence,
};
use crate::graph::{self, Node, Tracked};
use burn::backend::Flex;
use burn::backend::flex::FlexTensor;
use burn::module::{AutodiffModule, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;
use emberlab_kernels::activation::Identity;
use std::any::Any;
use std::array;

type Computed = WithBackward<'static, Flex>;

/// The output of a layer for a training batch, as one operation; `None` where no kernel computes it.
pub fn one<B: Backend>(
    layer: &AnyLayer<B>,
    input: &Tensor<B, 2>,
    pass: &TrainingPass,
) -> Option<Tensor<B, 2>> {
    let precision = pass.precision();
    let differentiate = |[layer]: [&AnyLayer<Flex>; 1], input: &Tensor<Flex, 2>| match layer {
        AnyLayer::Linear(layer) => layer.differentiate_on_host(input, precision),
        AnyLayer::Convolution(layer) => layer.differentiate_on_host(input, precision),
        AnyLayer::BatchNorm(layer) => layer.differentiate_on_host(input, Identity),
        AnyLayer::MaxPool(layer) => layer.differentiate_on_host(input),
        AnyLayer::Activation(layer) => layer.differentiate_on_host(input),
        _ => None,
    };
    recorded([layer], input, pass, differentiate)
}

/// Like [`one`], for two layers that follow one another.
pub fn both<B: Backend>(
    layers: [&AnyLayer<B>; 2],
    input: &Tensor<B, 2>,
    pass: &TrainingPass,
) -> Option<Tensor<B, 2>> {
    recorded(layers, input, pass, |[layer, next], input| sequence::differentiate_both(layer, next, input))
}

fn recorded<B: Backend, const N: usize>(
    layers: [&AnyLayer<B>; N],
    input: &Tensor<B, 2>,
    pass: &TrainingPass,
    differentiate: impl FnOnce([&AnyLayer<Flex>; N], &Tensor<Flex, 2>) -> Option<Computed>,
) -> Option<Tensor<B, 2>> {
    let input = graph::tracked(input)?;
    // A pattern is of the inputs of all layers.
    if pass.records_pattern() || !layers.iter().all(|layer| has_kernel(layer)) {
        return None;
    }
    let tracked: Vec<&AnyLayer<Tracked>> =
        layers.into_iter().map(|layer| (layer as &dyn Any).downcast_ref()).collect::<Option<_>>()?;
    let untracked: Vec<AnyLayer<Flex>> = tracked.iter().map(|layer| layer.valid()).collect();
    let computed = differentiate(array::from_fn(|index| &untracked[index]), &input.clone().inner())?;
    for (tracked, untracked) in tracked.iter().zip(&untracked) {
        let means = RunningMeans::read(|means| untracked.accept(&Path::root(), means));
        tracked.accept(&Path::root(), &mut means.adoption());
    }
    let mut parameters = Parameters(Vec::new());
    tracked.iter().for_each(|layer| layer.accept(&Path::root(), &mut parameters));
    graph::untyped(operation(input.clone(), parameters.0, computed)?)
}

/// Whether a kernel computes some of such layers.
fn has_kernel<B: Backend>(layer: &AnyLayer<B>) -> bool {
    matches!(
        layer,
        AnyLayer::Linear(_)
            | AnyLayer::Convolution(_)
            | AnyLayer::BatchNorm(_)
            | AnyLayer::MaxPool(_)
            | AnyLayer::Activation(_)
    )
}

/// The operation of layers with these parameters.
fn operation(
    input: Tensor<Tracked, 2>,
    parameters: Vec<Parameter>,
    (output, backward): Computed,
) -> Option<Tensor<Tracked, 2>> {
    let input = [graph::node(input)].into_iter();
    let parents = input.chain(parameters.iter().map(|parameter| parameter.node.clone())).collect();
    let gradients_of: Vec<_> =
        parameters.into_iter().map(|parameter| (parameter.id, parameter.take)).collect();
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
