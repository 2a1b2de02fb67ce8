//! A layer that contains other layers: everything that a network does with its layers reaches the inner ones.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod both;
mod negation;

pub use negation::Negation;

use super::*;
use crate::classifier::{Classifier, Objective};
use crate::description::{Activation, Filters, GradientRule, NamedTensor, Output};
use crate::gradients::Gradients;
use crate::loss::Loss;
use crate::network::Network;
use burn::backend::{Autodiff, Flex};
use burn::module::{AutodiffModule, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::backend::AutodiffBackend;
use burn::tensor::{DType, Int, TensorData};
use emberlab_data::{ClassificationBatch, ImageShape};
use std::collections::BTreeMap;

type Tracked = Autodiff<Flex>;

const N_SAMPLES: usize = 32;
const N_CLASSES: usize = 3;
/// Two images of two by two pixels.
const IMAGE: ImageShape = ImageShape { channels: 2, height: 2, width: 2 };

/// A convolution and a block: convolution, batch norm, ReLU, and a second block with a convolution, dropout and the layer of
/// this test. A linear layer to the logits comes last.
fn network<B: Backend>() -> Network<B> {
    let (random, device) = (&mut RandomState::new(3), Default::default());
    let dropout = SharedRandom::new(5);
    let scheme = Scheme::KaimingUniform;
    let mut layer = |spec| AnyLayer::new(&spec, scheme, random, &dropout, &device);
    let convolution = LayerSpec::Convolution { image: IMAGE, filters: Filters::same(2, 3) };
    let linear = LayerSpec::Linear { n_inputs: IMAGE.size(), n_outputs: N_CLASSES, bias: true, scheme: None };
    let norm = LayerSpec::BatchNorm { channels: 2, options: Default::default() };
    let negation = AnyLayer::Negation(Negation::default());
    let inner = block(vec![layer(convolution.clone()), layer(LayerSpec::Dropout(0.5)), negation]);
    let outer = block(vec![
        layer(convolution.clone()),
        layer(norm),
        layer(LayerSpec::Activation(Activation::Relu)),
        inner,
    ]);
    let layers = vec![layer(convolution), outer, layer(linear)];
    Network::from_layers(Layers::new(layers, LayerNames::ByKind))
}

fn block<B: Backend>(layers: Vec<AnyLayer<B>>) -> AnyLayer<B> {
    let list = |layers| Layers::new(layers, LayerNames::ByPosition);
    AnyLayer::Residual(Residual { layers: list(layers), shortcut: list(Vec::new()) })
}

fn batch<B: Backend>() -> ClassificationBatch<B> {
    batch_in(DType::F32)
}

fn batch_in<B: Backend>(dtype: DType) -> ClassificationBatch<B> {
    let (random, device) = (&mut RandomState::new(7), B::Device::default());
    let inputs: Vec<f64> = (0..N_SAMPLES * IMAGE.size()).map(|_| random.standard_normal()).collect();
    let labels: Vec<i64> = (0..N_SAMPLES).map(|row| (row % N_CLASSES) as i64).collect();
    let labels = Tensor::<B, 1, Int>::from_data(TensorData::new(labels, [N_SAMPLES]), &device);
    ClassificationBatch {
        inputs: Tensor::from_data(TensorData::new(inputs, [N_SAMPLES, IMAGE.size()]), (&device, dtype)),
        targets: labels.clone().one_hot::<2>(N_CLASSES).float().cast(dtype),
        labels,
    }
}

fn classifier<B: Backend>(rule: GradientRule) -> Classifier<B> {
    let objective = Objective { loss: Loss::new(Output::Softmax), l1: 0.01 };
    Classifier::new(network(), objective, rule)
}

/// Gives every parameter and running mean a type.
struct Cast(DType);

impl<B: AutodiffBackend> ModuleMapper<B> for Cast {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        let trained = parameter.val().is_require_grad();
        parameter.map(|tensor| Tensor::from_inner(tensor.inner().cast(self.0)).set_require_grad(trained))
    }
}

/// The gradient of each parameter by name, and the running means.
fn compute(rule: GradientRule, dtype: DType) -> (BTreeMap<String, Vec<f64>>, Vec<NamedTensor>) {
    let classifier = classifier::<Tracked>(rule).map(&mut Cast(dtype));
    let gradients = rule.gradients(&classifier, batch_in(dtype));
    let mut by_name = ByName { gradients: &gradients, by_name: BTreeMap::new() };
    classifier.network().visit_layers(&mut by_name);
    let tensors = classifier.network().tensors().into_iter();
    (by_name.by_name, tensors.filter(|tensor| tensor.name.contains("running")).collect())
}

struct ByName<'a, B: AutodiffBackend> {
    gradients: &'a Gradients<B>,
    by_name: BTreeMap<String, Vec<f64>>,
}

impl<B: AutodiffBackend> LayerVisitor<B> for ByName<'_, B> {
    fn parameter<const D: usize>(&mut self, path: &Path<'_>, parameter: &Param<Tensor<B, D>>, _: Penalty) {
        let gradient = self.gradients.parameters.get::<B::InnerBackend, D>(parameter.id).unwrap();
        self.by_name.insert(path.to_string(), gradient.into_data().iter::<f64>().collect());
    }
}

/// Counts what Burn finds.
struct Count(usize);

impl<B: Backend> ModuleVisitor<B> for Count {
    fn visit_float<const D: usize>(&mut self, _: &Param<Tensor<B, D>>) {
        self.0 += 1;
    }
}

#[test]
fn inner_tensors_have_the_names_of_their_paths() {
    let network = network::<Flex>();
    let names = network.tensor_names();
    assert_eq!(
        names,
        [
            "convolutions.0.weight",
            "convolutions.0.bias",
            "blocks.0.layers.0.weight",
            "blocks.0.layers.0.bias",
            "blocks.0.layers.1.weight",
            "blocks.0.layers.1.bias",
            "blocks.0.layers.1.running_mean",
            "blocks.0.layers.1.running_var",
            "blocks.0.layers.3.layers.0.weight",
            "blocks.0.layers.3.layers.0.bias",
            "layers.0.weight",
            "layers.0.bias",
        ]
    );
    let mut found = Count(0);
    network.visit(&mut found);
    assert_eq!(names.len(), found.0, "each tensor that Burn finds has a name");
    let parameters: Vec<String> = network.parameters().into_iter().map(|parameter| parameter.name).collect();
    assert_eq!(parameters.len(), names.len() - 2);
    assert!(!parameters.iter().any(|name| name.contains("running")));
}

#[test]
fn inner_tensors_are_written_and_read_back() {
    let mut tensors = network::<Flex>().tensors();
    for (index, value) in tensors.iter_mut().flat_map(|tensor| &mut tensor.values).enumerate() {
        *value = index as f32;
    }
    let read = network::<Flex>().with_tensors(tensors.clone()).unwrap();
    assert_eq!(read.tensors(), tensors);
    assert_eq!(network::<Flex>().load_record(read.clone().into_record()).tensors(), tensors);
    assert_eq!(Network::<Tracked>::from_inner(read).valid().tensors(), tensors);
}

#[test]
fn inner_layers_take_part_in_the_forward_pass() {
    let (network, inputs) = (network::<Flex>(), batch::<Flex>().inputs);
    let [first, AnyLayer::Residual(outer), last] = network.layers() else { panic!() };
    let [convolution, norm, activation, AnyLayer::Residual(inner)] = &outer.layers[..] else { panic!() };
    let x = first.forward(inputs.clone());
    let z = activation.forward(norm.forward(convolution.forward(x.clone())));
    // Dropout does nothing when predicting.
    let branch = z.clone() - inner.layers[0].forward(z);
    let expected = last.forward(x + branch);
    network.forward(inputs.clone()).into_data().assert_eq(&expected.into_data(), true);
    let state = network.dropout_state().unwrap();
    let training = || network.forward_training(inputs.clone(), Precision::Full).into_data();
    let (drawn, other) = (training(), training());
    network.reset_dropout(&state);
    assert_eq!(training(), drawn, "the inner dropout draws from the same state");
    assert_ne!(drawn, other);
}

#[test]
fn inner_kinks_belong_to_the_pattern_and_inner_weights_to_the_penalty() {
    let classifier = classifier::<Tracked>(GradientRule::Autodiff);
    let (objective, pattern) = classifier.training_objective(&batch());
    // Two sides of the ReLU and of the weights of four layers.
    let widths: Vec<usize> = pattern.masks().iter().map(|mask| mask.shape[1]).collect();
    let kernel = 2 * 2 * 3 * 3;
    assert_eq!(widths, [8, 8, kernel, kernel, kernel, kernel, kernel, kernel, 24, 24]);
    let weights = network::<Flex>().tensors().into_iter();
    let weights = weights.filter(|tensor| tensor.name.ends_with("weight") && tensor.shape.len() > 1);
    let sum: f32 = weights.flat_map(|tensor| tensor.values).map(f32::abs).sum();
    let plain = Classifier::new(
        network::<Tracked>(),
        Objective::new(Loss::new(Output::Softmax)),
        GradientRule::Autodiff,
    );
    let (loss, _) = plain.training_objective(&batch());
    let [penalised, plain] = [objective, loss].map(|value| value.into_data().iter::<f32>().sum::<f32>());
    assert!((penalised - plain - 0.01 * sum).abs() < 1e-5, "{penalised}, {plain}, {sum}");
}

#[test]
fn gradients_and_running_means_of_inner_layers_are_those_of_autodiff() {
    // In double precision, where no kernel computes a layer.
    let (autodiff, running) = compute(GradientRule::Autodiff, DType::F64);
    assert_eq!(autodiff.len(), 10);
    assert_eq!(running.len(), 2);
    assert!(running[0].values.iter().any(|&mean| mean != 0.0));
    let largest = autodiff.values().flatten().fold(0.0f64, |largest, value| largest.max(value.abs()));
    for rule in [GradientRule::Manual, GradientRule::Autodiff] {
        let (found, running_found) = compute(rule, DType::F32);
        for (running, found) in running.iter().zip(running_found) {
            let pairs = running.values.iter().zip(found.values);
            assert!(pairs.into_iter().all(|(left, right)| (left - right).abs() < 1e-6), "{}", running.name);
        }
        for (name, autodiff) in &autodiff {
            let pairs = autodiff.iter().zip(&found[name]);
            let error = pairs.fold(0.0f64, |most, (left, right)| most.max((left - right).abs()));
            assert!(error < 1e-5 * largest, "{rule:?}, {name}: {error}");
        }
    }
}
