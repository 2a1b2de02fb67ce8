//! Gradients by hand: the chain rule from the loss back through each layer.
//!
//! The forward pass computes each layer's output and the layer's derivative at this batch. The backward pass starts from
//! `∂J/∂logits` and walks the layers in reverse; each turns the derivative of its output into those of its parameters
//! and of its input.

use super::Gradients;
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
    finish(classifier, &network, &batch, Derived { loss, logits, parameters })
}

/// Without an observer.
pub(super) fn gradients<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    batch: ClassificationBatch<B>,
) -> Gradients<B> {
    let network = classifier.network().valid();
    let batch = batch.inner();
    let (logits, derivatives) =
        layers::differentiate(network.layers(), batch.inputs.clone(), classifier.precision());
    let (loss, grad) = classifier.loss().value_and_gradient(logits.clone(), &batch);
    let mut parameters = GradientsParams::new();
    layers::backpropagate(derivatives, grad, InputGradient::Unused, &mut parameters);
    finish(classifier, &network, &batch, Derived { loss, logits, parameters })
}

/// The result of all layers.
struct Derived<B: Backend> {
    loss: Tensor<B, 1>,
    logits: Tensor<B, 2>,
    parameters: GradientsParams,
}

/// Adds the gradients of the L1 penalty, and gives the classifier the running means.
fn finish<B: AutodiffBackend>(
    classifier: &Classifier<B>,
    network: &Network<B::InnerBackend>,
    batch: &ClassificationBatch<B::InnerBackend>,
    derived: Derived<B::InnerBackend>,
) -> Gradients<B> {
    let Derived { loss, logits, mut parameters } = derived;
    if classifier.objective().l1 > 0.0 {
        network.add_l1_gradients(classifier.objective().l1, &mut parameters);
    }
    classifier.network().adopt_running(network);
    Gradients { score: classifier.valid_score(loss, logits, batch), parameters }
}
