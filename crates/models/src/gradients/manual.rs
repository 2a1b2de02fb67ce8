//! Gradients by hand: the chain rule from the loss back through each layer.
//!
//! The forward pass computes each layer's output and the layer's derivative at this batch. The backward pass starts from
//! `∂J/∂logits` and walks the layers in reverse; each turns the derivative of its output into those of its parameters
//! and of its input.

use super::{Gradients, in_parts};
use crate::classifier::Classifier;
use crate::layers::{self, InputGradient, LayerDerivative, Observed};
use crate::network::Network;
use burn::module::AutodiffModule;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};
use emberlab_data::ClassificationBatch;
use std::sync::Mutex;

/// The score and the gradients of a batch by hand. `observe` receives the derivative of each layer and returns its
/// `∂J/∂input`: the same one, or another one to see that a wrong derivative is noticed.
pub fn manual_gradients<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    batch: ClassificationBatch<B>,
    observe: impl FnMut(LayerDerivative<'_, B::InnerBackend>) -> Option<Tensor<B::InnerBackend, 2>> + Send,
) -> Gradients<B> {
    let network = classifier.network().valid();
    let batch = batch.inner();
    let observe = Mutex::new(observe);
    let observed = Observed { observe: &observe, precision: classifier.precision() };
    let (logits, backward) = observed.differentiate(network.layers(), batch.inputs.clone(), &[]);
    let (loss, grad) = classifier.loss().value_and_gradient(logits.clone(), &batch);
    let mut parameters = GradientsParams::new();
    backward(grad, InputGradient::Unused, &mut parameters);
    finish(classifier, &network, &batch, Derived { loss, logits, gradient: None, parameters })
}

/// Without an observer; splits the batch where the classifier asks for it.
pub(super) fn gradients<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    batch: ClassificationBatch<B>,
) -> Gradients<B> {
    let (n_parts, n_layers) = in_parts::extent(classifier, batch.len());
    let network = classifier.network().valid();
    let batch = batch.inner();
    if n_parts == 1 {
        let derived = differentiate(classifier, &network, 0, batch.inputs.clone(), &batch);
        return finish(classifier, &network, &batch, derived);
    }
    let precision = classifier.precision();
    let first = &network.layers()[..n_layers];
    let (signal, backward) = in_parts::differentiate(first, batch.inputs.clone(), n_parts, precision);
    let mut derived = differentiate(classifier, &network, n_layers, signal, &batch);
    if let Some(gradient) = derived.gradient.take() {
        let mut parts = backward(gradient);
        parts.push(derived.parameters);
        derived.parameters = in_parts::sum(&network, parts);
    }
    finish(classifier, &network, &batch, derived)
}

/// The result of the layers from some position on.
struct Derived<B: Backend> {
    loss: Tensor<B, 1>,
    logits: Tensor<B, 2>,
    /// `∂J/∂input` of the layer at that position; none for the first.
    gradient: Option<Tensor<B, 2>>,
    parameters: GradientsParams,
}

/// The loss, and the gradients of the layers from `position` on for their `inputs`.
fn differentiate<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    network: &Network<B::InnerBackend>,
    position: usize,
    inputs: Tensor<B::InnerBackend, 2>,
    batch: &ClassificationBatch<B::InnerBackend>,
) -> Derived<B::InnerBackend> {
    let (logits, derivatives) =
        layers::differentiate(&network.layers()[position..], inputs, classifier.precision());
    let (loss, grad) = classifier.loss().value_and_gradient(logits.clone(), batch);
    let mut parameters = GradientsParams::new();
    let wanted = if position > 0 { InputGradient::Wanted } else { InputGradient::Unused };
    let gradient = layers::backpropagate(derivatives, grad, wanted, &mut parameters);
    Derived { loss, logits, gradient, parameters }
}

/// Adds the gradients of the L1 penalty, and gives the classifier the running means.
fn finish<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    network: &Network<B::InnerBackend>,
    batch: &ClassificationBatch<B::InnerBackend>,
    derived: Derived<B::InnerBackend>,
) -> Gradients<B> {
    let Derived { loss, logits, mut parameters, .. } = derived;
    if classifier.objective().l1 > 0.0 {
        network.add_l1_gradients(classifier.objective().l1, &mut parameters);
    }
    classifier.network().adopt_running(network);
    Gradients { score: classifier.valid_score(loss, logits, batch), parameters }
}
