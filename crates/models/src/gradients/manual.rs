//! Gradients by hand: the chain rule from the loss back through each layer.
//!
//! The forward pass makes, beside each layer's output, the layer's derivative at this batch. The
//! backward pass starts from `∂J/∂logits` and walks the layers in reverse; each turns the derivative
//! of its output into those of its parameters and of its input.

use super::{Gradients, in_parts};
use crate::classifier::Classifier;
use crate::layers::InputGradient;
use crate::network::Network;
use burn::module::AutodiffModule;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::{AutodiffBackend, Backend};
use emberlab_data::ClassificationBatch;

/// `∂J/∂input` of a layer; none for the first.
pub type InputGradientTensor<B> = Option<Tensor<<B as AutodiffBackend>::InnerBackend, 2>>;

/// The score and the gradients of a batch by hand. `after_layer` is told the position of each layer
/// whose derivative was taken, what it returned and all gradients so far, and returns what the layer
/// before is given: what was returned, but for those who want to see a derivative go wrong.
pub fn manual_gradients<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    batch: ClassificationBatch<B>,
    after_layer: impl FnMut(usize, InputGradientTensor<B>, &mut GradientsParams) -> InputGradientTensor<B>,
) -> Gradients<B> {
    let network = classifier.network().valid();
    let batch = batch.inner();
    let inputs = batch.inputs.clone();
    finish(classifier, &network, &batch, differentiate(classifier, &network, 0, inputs, &batch, after_layer))
}

/// The same without anybody who is told, in parts where the classifier says so.
pub(super) fn gradients<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    batch: ClassificationBatch<B>,
) -> Gradients<B> {
    let (n_parts, n_layers) = in_parts::extent(classifier, batch.len());
    if n_parts == 1 {
        return manual_gradients(classifier, batch, |_, returned, _| returned);
    }
    let network = classifier.network().valid();
    let batch = batch.inner();
    let precision = classifier.precision();
    let first = &network.layers()[..n_layers];
    let (signal, backward) = in_parts::differentiate(first, batch.inputs.clone(), n_parts, precision);
    let mut derived =
        differentiate(classifier, &network, n_layers, signal, &batch, |_, returned, _| returned);
    if let Some(gradient) = derived.gradient.take() {
        let mut parts = backward(gradient);
        parts.push(derived.parameters);
        derived.parameters = in_parts::sum(&network, parts);
    }
    finish(classifier, &network, &batch, derived)
}

/// What the layers from some position on came to.
struct Derived<B: Backend> {
    loss: Tensor<B, 1>,
    logits: Tensor<B, 2>,
    /// `∂J/∂input` of the layer at that position; none for the first.
    gradient: Option<Tensor<B, 2>>,
    parameters: GradientsParams,
}

/// The loss, and the gradients of the layers from `position` on, which are given `inputs`.
fn differentiate<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    network: &Network<B::InnerBackend>,
    position: usize,
    inputs: Tensor<B::InnerBackend, 2>,
    batch: &ClassificationBatch<B::InnerBackend>,
    mut after_layer: impl FnMut(usize, InputGradientTensor<B>, &mut GradientsParams) -> InputGradientTensor<B>,
) -> Derived<B::InnerBackend> {
    let layers = &network.layers()[position..];
    let mut derivatives = Vec::with_capacity(layers.len());
    let mut signal = inputs;
    for layer in layers {
        let (output, backward) = layer.differentiate(signal, classifier.precision());
        derivatives.push(backward);
        signal = output;
    }
    let (loss, gradient) = classifier.loss().value_and_gradient(signal.clone(), batch);

    let mut parameters = GradientsParams::new();
    let mut gradient = Some(gradient);
    for (index, backward) in derivatives.into_iter().enumerate().rev() {
        let Some(of_output) = gradient.take() else { break };
        let index = position + index;
        let wanted = if index > 0 { InputGradient::Wanted } else { InputGradient::Unused };
        let returned = backward(of_output, wanted, &mut parameters);
        gradient = after_layer(index, returned, &mut parameters);
    }
    Derived { loss, logits: signal, gradient, parameters }
}

/// Adds what is no layer's, and lets the classifier know the running means.
fn finish<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    network: &Network<B::InnerBackend>,
    batch: &ClassificationBatch<B::InnerBackend>,
    derived: Derived<B::InnerBackend>,
) -> Gradients<B> {
    let Derived { loss, logits, mut parameters, .. } = derived;
    if classifier.objective().l1 > 0.0 {
        for layer in network.layers() {
            layer.add_l1_gradient(classifier.objective().l1, &mut parameters);
        }
    }
    classifier.network().adopt_running(network);
    Gradients { score: classifier.valid_score(loss, logits, batch), parameters }
}
