//! Running means of a custom module are no parameters.

#![cfg(feature = "burn")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use burn::backend::{Autodiff, Flex};
use burn::module::{AutodiffModule, Module};
use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig};
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Distribution, Tensor};
use emberlab_data::RandomState;
use emberlab_models::layers::{CustomModule, SharedRandom};
use emberlab_models::{LayerBuilder, Network, Precision, Scheme};

#[derive(Module, Debug)]
struct Normalized<B: Backend> {
    norm: BatchNorm<B>,
    output: Linear<B>,
}

#[derive(Clone, Debug)]
struct NormalizedOf;

impl CustomModule for NormalizedOf {
    type Module<B: Backend> = Normalized<B>;

    fn init<B: Backend>(&self, _: &mut RandomState, device: &B::Device) -> Normalized<B> {
        let output = LinearConfig::new(4, 3).init(device);
        Normalized { norm: BatchNormConfig::new(4).init(device), output }
    }

    fn forward<B: Backend>(&self, module: &Normalized<B>, input: Tensor<B, 2>) -> Tensor<B, 2> {
        let input: Tensor<B, 3> = input.unsqueeze_dim(2);
        module.output.forward(module.norm.forward(input).squeeze_dim(2))
    }

    fn valid<B: AutodiffBackend>(module: &Normalized<B>) -> Normalized<B::InnerBackend> {
        module.valid()
    }

    fn from_inner<B: AutodiffBackend>(module: Normalized<B::InnerBackend>) -> Normalized<B> {
        Normalized::from_inner(module)
    }
}

type Graph = Autodiff<Flex>;

fn network() -> Network<Graph> {
    let device = Default::default();
    let builder = LayerBuilder::new(Scheme::Pytorch, RandomState::new(1), SharedRandom::new(1), &device);
    Network::custom(&NormalizedOf, builder)
}

/// The names of the parameters.
fn parameters<B: Backend>(network: &Network<B>) -> Vec<String> {
    network.parameters().into_iter().map(|parameter| parameter.name).collect()
}

#[test]
fn running_means_are_saved_but_no_optimizer_updates_them() {
    let network = network();
    let trained = ["0.norm.gamma", "0.norm.beta", "0.output.weight", "0.output.bias"];
    assert_eq!(parameters(&network), trained);
    assert_eq!(parameters(&network.valid()), trained);
    assert_eq!(parameters(&Network::<Graph>::from_inner(network.valid())), trained);
    let names = network.tensor_names();
    assert!(names.contains(&"0.norm.running_mean".to_owned()) && names.len() == 6, "{names:?}");
}

#[test]
fn running_means_that_training_found_are_read_back() {
    let network_before = network();
    let batch = Tensor::random([32, 4], Distribution::Normal(3.0, 2.0), &Default::default());
    let _ = network_before.forward_training(batch, Precision::Full);
    let trained = network_before.valid().tensors();
    let mean = |tensors: &[emberlab_models::NamedTensor]| {
        tensors.iter().find(|tensor| tensor.name == "0.norm.running_mean").unwrap().values.clone()
    };
    assert!(mean(&trained).iter().all(|mean| *mean != 0.0), "{trained:?}");
    let read = network().with_tensors(trained.clone()).unwrap();
    assert_eq!(mean(&read.tensors()), mean(&trained));
    assert_eq!(parameters(&read).len(), 4);
}
