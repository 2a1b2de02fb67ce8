//! Gradients by hand: the chain rule from the loss back through each layer.
//!
//! The forward pass keeps every layer's input. The backward pass starts from `∂J/∂logits` and walks
//! the layers in reverse; each turns the derivative of its output into those of its parameters and
//! of its input.

use super::Gradients;
use crate::classifier::Classifier;
use crate::score::PendingScore;
use burn::module::AutodiffModule;
use burn::optim::GradientsParams;
use burn::tensor::backend::AutodiffBackend;
use emberlab_data::ClassificationBatch;

pub(super) fn gradients<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    batch: ClassificationBatch<B>,
) -> Gradients<B> {
    let (output, network) = (classifier.output(), classifier.network().valid());
    let batch = batch.inner();

    let mut inputs = Vec::with_capacity(network.layers().len());
    let mut signal = batch.inputs.clone();
    for layer in network.layers() {
        let next = layer.forward(signal.clone());
        inputs.push(signal);
        signal = next;
    }
    let (loss, mut gradient) = output.loss_and_gradient(signal.clone(), &batch);
    let correct = output.correct(signal.clone(), &batch);

    let mut parameters = GradientsParams::new();
    for (index, (layer, input)) in network.layers().iter().zip(inputs).enumerate().rev() {
        let result = signal;
        signal = input.clone();
        match layer.backward(input, result, gradient, index > 0, &mut parameters) {
            Some(next) => gradient = next,
            None => break,
        }
    }
    Gradients { score: PendingScore::new(loss, correct, batch.len()), parameters }
}
