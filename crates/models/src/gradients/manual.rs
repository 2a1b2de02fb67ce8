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
use burn::tensor::Tensor;
use burn::tensor::backend::AutodiffBackend;
use emberlab_data::ClassificationBatch;

/// `∂J/∂input` of a layer; none for the first.
pub type InputGradientTensor<B> = Option<Tensor<<B as AutodiffBackend>::InnerBackend, 2>>;

/// The score and the gradients of a batch by hand. `after_layer` is told the position of each layer
/// whose derivative was taken, what it returned and all gradients so far, and returns what the layer
/// before is given: what was returned, but for those who want to see a derivative go wrong.
pub fn manual_gradients<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    batch: ClassificationBatch<B>,
    mut after_layer: impl FnMut(usize, InputGradientTensor<B>, &mut GradientsParams) -> InputGradientTensor<B>,
) -> Gradients<B> {
    let network = classifier.network().valid();
    let batch = batch.inner();

    let mut derivatives = Vec::with_capacity(network.layers().len());
    let mut signal = batch.inputs.clone();
    for layer in network.layers() {
        let (output, backward) = layer.differentiate(signal, classifier.precision());
        derivatives.push(backward);
        signal = output;
    }
    let (loss, mut gradient) = classifier.loss().value_and_gradient(signal.clone(), &batch);

    let mut parameters = GradientsParams::new();
    for (index, backward) in derivatives.into_iter().enumerate().rev() {
        let wanted = if index > 0 { InputGradient::Wanted } else { InputGradient::Unused };
        let returned = backward(gradient, wanted, &mut parameters);
        match after_layer(index, returned, &mut parameters) {
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
