//! A Burn module of one's own, trained as `emberlab train` trains: with the dashboard, a run directory and exact resume.
//!
//! The arguments are those of `emberlab train`: a configuration with `kind = "custom"`, and options such as `--resume`.

use burn::module::{AutodiffModule, Module};
use burn::nn::{Dropout, DropoutConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::Tensor;
use burn::tensor::activation::{sigmoid, silu};
use burn::tensor::backend::{AutodiffBackend, Backend};
use emberlab_data::RandomState;
use emberlab_models::layers::CustomModule;
use std::process::ExitCode;

/// Two linear layers whose product is the hidden layer (N. Shazeer, "GLU Variants Improve Transformer", 2020).
#[derive(Module, Debug)]
struct Gated<B: Backend> {
    norm: LayerNorm<B>,
    gate: Linear<B>,
    value: Linear<B>,
    dropout: Dropout,
    output: Linear<B>,
}

/// The sizes of the module.
#[derive(Clone, Debug)]
struct GatedOf {
    n_features: usize,
    units: usize,
    n_classes: usize,
}

impl CustomModule for GatedOf {
    type Module<B: Backend> = Gated<B>;

    fn init<B: Backend>(&self, _random: &mut RandomState, device: &B::Device) -> Gated<B> {
        Gated {
            norm: LayerNormConfig::new(self.n_features).init(device),
            gate: LinearConfig::new(self.n_features, self.units).init(device),
            value: LinearConfig::new(self.n_features, self.units).init(device),
            dropout: DropoutConfig::new(0.2).init(),
            output: LinearConfig::new(self.units, self.n_classes).init(device),
        }
    }

    fn forward<B: Backend>(&self, net: &Gated<B>, input: Tensor<B, 2>) -> Tensor<B, 2> {
        let input = net.norm.forward(input);
        let hidden = silu(net.value.forward(input.clone())) * sigmoid(net.gate.forward(input));
        net.output.forward(net.dropout.forward(hidden))
    }

    fn valid<B: AutodiffBackend>(net: &Gated<B>) -> Gated<B::InnerBackend> {
        net.valid()
    }

    fn from_inner<B: AutodiffBackend>(net: Gated<B::InnerBackend>) -> Gated<B> {
        Gated::from_inner(net)
    }
}

fn main() -> ExitCode {
    emberlab::program(|trainer| Ok(trainer.network(GatedOf { n_features: 12, units: 16, n_classes: 3 })))
}
