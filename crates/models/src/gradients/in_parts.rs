//! Gradients by hand of a batch in parts, one thread for each.
//!
//! The layers before the first linear one are computed in parts: the parameters of linear layers are so many that a gradient
//! of them for each part would cost more than it saves.

use crate::classifier::Classifier;
use crate::layers::{InputGradient, Layer, join, split};
use crate::network::Network;
use crate::precision::Precision;
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// Samples that a part has at least.
const LEAST_SAMPLES: usize = 8;

/// Takes `∂J/∂output` of the last of some layers to the gradients of their parameters, of each part.
pub type Blocks<'a, B> = Box<dyn FnOnce(Tensor<B, 2>) -> Vec<GradientsParams> + 'a>;

/// In how many parts a batch of so many samples is computed, and by how many layers.
pub fn extent<B: Backend>(classifier: &Classifier<B>, n_samples: usize) -> (usize, usize) {
    let n_parts = classifier.n_parts().min(n_samples / LEAST_SAMPLES);
    let layers = classifier.network().layers();
    let n_layers = layers.iter().position(|layer| matches!(layer, Layer::Linear(_))).unwrap_or(0);
    match n_parts > 1 && n_layers > 0 {
        true => (n_parts, n_layers),
        false => (1, 0),
    }
}

/// The output of layers, the first ones of a network, and their derivative.
pub fn differentiate<B: Backend>(
    layers: &[Layer<B>],
    inputs: Tensor<B, 2>,
    n_parts: usize,
    precision: Precision,
) -> (Tensor<B, 2>, Blocks<'_, B>) {
    let mut derivatives = Vec::with_capacity(layers.len());
    let mut signal = split(inputs, n_parts);
    for layer in layers {
        let (outputs, backward) = layer.differentiate_parts(signal, precision);
        derivatives.push(backward);
        signal = outputs;
    }
    let backward = move |gradient: Tensor<B, 2>| {
        let mut parameters: Vec<GradientsParams> = (0..n_parts).map(|_| GradientsParams::new()).collect();
        let mut gradient = Some(split(gradient, n_parts));
        for (index, backward) in derivatives.into_iter().enumerate().rev() {
            let wanted = if index > 0 { InputGradient::Wanted } else { InputGradient::Unused };
            gradient = gradient.and_then(|gradient| backward(gradient, wanted, &mut parameters));
        }
        parameters
    };
    (join(signal), Box::new(backward))
}

/// The sum of each parameter's gradients over the parts.
pub fn sum<B: Backend>(network: &Network<B>, parts: Vec<GradientsParams>) -> GradientsParams {
    let mut sum = Sum { parts, gradients: GradientsParams::new() };
    network.visit(&mut sum);
    sum.gradients
}

struct Sum {
    parts: Vec<GradientsParams>,
    gradients: GradientsParams,
}

impl<B: Backend> ModuleVisitor<B> for Sum {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
        let parts = self.parts.iter_mut().filter_map(|part| part.remove::<B, D>(param.id));
        if let Some(sum) = parts.reduce(|sum, part| sum + part) {
            self.gradients.register(param.id, sum);
        }
    }
}
