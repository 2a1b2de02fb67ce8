//! Gradients by hand: the chain rule from the loss back through each layer.
//!
//! The forward pass makes, beside each layer's output, the layer's derivative at this batch. The
//! backward pass starts from `∂J/∂logits` and walks the layers in reverse; each turns the derivative
//! of its output into those of its parameters and of its input.

use super::Gradients;
use crate::classifier::Classifier;
use crate::layers::InputGradient;
use burn::module::AutodiffModule;
use burn::optim::GradientsParams;
use burn::tensor::backend::AutodiffBackend;
use emberlab_data::ClassificationBatch;

pub(super) fn gradients<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    batch: ClassificationBatch<B>,
) -> Gradients<B> {
    let network = classifier.network().valid();
    let batch = batch.inner();

    let mut derivatives = Vec::with_capacity(network.layers().len());
    let mut signal = batch.inputs.clone();
    for layer in network.layers() {
        let (output, backward) = layer.differentiate(signal);
        derivatives.push(backward);
        signal = output;
    }
    let (loss, mut gradient) = classifier.loss().value_and_gradient(signal.clone(), &batch);

    let mut parameters = GradientsParams::new();
    for (index, backward) in derivatives.into_iter().enumerate().rev() {
        let wanted = if index > 0 { InputGradient::Wanted } else { InputGradient::Unused };
        match backward(gradient, wanted, &mut parameters) {
            Some(next) => gradient = next,
            None => break,
        }
    }
    if classifier.objective().l1 > 0.0 {
        for layer in network.layers() {
            layer.add_l1_gradient(classifier.objective().l1, &mut parameters);
        }
    }
    classifier.network().adopt_running(&network);
    Gradients { score: classifier.valid_score(loss, signal, &batch), parameters }
}
