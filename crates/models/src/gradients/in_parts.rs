//! Gradients by hand of a batch that is split into parts, one thread for each.
//!
//! The layers up to the first one that does not gain from it are computed in parts.

use crate::classifier::Classifier;
use crate::description::Precision;
use crate::layers::{AnyLayer, InputGradient, Layer, differentiate_parts, join, split};
use crate::network::Network;
use crate::tuning::MIN_SAMPLES_PER_PART;
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// Takes `∂J/∂output` of the last layer to the gradients of all parameters, for each part.
pub type PartGradients<'a, B> = Box<dyn FnOnce(Tensor<B, 2>) -> Vec<GradientsParams> + 'a>;

/// The number of parts for a batch of `n_samples`, and the number of layers that are computed in parts.
pub fn extent<B: Backend>(classifier: &Classifier<B>, n_samples: usize) -> (usize, usize) {
    let n_parts = classifier.n_parts().min(n_samples / MIN_SAMPLES_PER_PART);
    let layers = classifier.network().layers();
    let n_layers = layers.iter().take_while(|layer| layer.gains_from_parts()).count();
    if n_parts > 1 && n_layers > 0 { (n_parts, n_layers) } else { (1, 0) }
}

/// The output of the first layers of a network, and their derivative.
pub fn differentiate<B: Backend>(
    layers: &[AnyLayer<B>],
    inputs: Tensor<B, 2>,
    n_parts: usize,
    precision: Precision,
) -> (Tensor<B, 2>, PartGradients<'_, B>) {
    let (outputs, backward) = differentiate_parts(layers, split(inputs, n_parts), precision);
    let gradients = move |grad: Tensor<B, 2>| {
        let mut gradients: Vec<GradientsParams> = (0..n_parts).map(|_| GradientsParams::new()).collect();
        backward(split(grad, n_parts), InputGradient::Unused, &mut gradients);
        gradients
    };
    (join(outputs), Box::new(gradients))
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
