//! What rounding does to the derivative of batch norm.
//!
//! With the gradient `g` of its output, batch norm returns `γ/σ (g - mean(g) - x̂ mean(g x̂))`. The three terms may cancel
//! almost entirely, as over two samples, where `x̂` is nearly ±1 whatever the input is. What is left has the rounding error of
//! the terms, `ε |γ|/σ |g|`, which is large where the variance `σ²` is small. Changing weights and inputs does not show this
//! error, for the terms cancel as well afterwards, so it is added to what each batch norm returns.

use super::rounding::Jitter;
use super::{Cpu, Tracked};
use burn::module::AutodiffModule;
use burn::tensor::Tensor;
use emberlab_data::ClassificationBatch;
use emberlab_models::layers::{AnyLayer, BatchNorm, Layer, TrainingPass};
use emberlab_models::{Classifier, Gradients, InputGradientTensor, Precision, manual_gradients};
use std::cell::Cell;

/// Added to the variance, as batch norm does.
const EPSILON: f64 = 1e-5;

/// The derivative by hand, with a relative rounding error of `unit` in the terms of each batch norm. Each call draws other
/// signs.
pub fn rounded_manual(
    unit: f64,
) -> impl Fn(&Classifier<Tracked>, ClassificationBatch<Tracked>) -> Gradients<Tracked> {
    let seed = Cell::new(0);
    move |classifier, batch| {
        seed.set(seed.get() + 1);
        let mut jitter = Jitter::new(seed.get(), unit, 0.0);
        let gains = gains(classifier, batch.clone().inner().inputs);
        let mut output_gradient: InputGradientTensor<Tracked> = None;
        manual_gradients(classifier, batch, |index, returned, _| {
            let terms = output_gradient.take().zip(gains.get(index).cloned().flatten());
            let rounded = match (returned, terms) {
                (Some(returned), Some((gradient, gain))) => {
                    let terms = gradient * gain;
                    Some(returned + (jitter.moved(terms.clone()) - terms))
                }
                (returned, _) => returned,
            };
            output_gradient = rounded.clone();
            rounded
        })
    }
}

/// `|γ|/σ` for each input `[n, n_inputs]` of each batch norm; nothing for other layers.
fn gains(classifier: &Classifier<Tracked>, inputs: Tensor<Cpu, 2>) -> Vec<Option<Tensor<Cpu, 2>>> {
    let dropout = classifier.network().dropout_state();
    let network = classifier.network().valid();
    let mut signal = inputs;
    let gains = network.layers().iter().map(|layer| {
        let gain = match layer {
            AnyLayer::BatchNorm(layer) => Some(gain(layer, signal.clone())),
            _ => None,
        };
        signal = layer.forward_training(signal.clone(), &mut TrainingPass::new(Precision::Full));
        gain
    });
    let gains = gains.collect();
    if let Some(dropout) = dropout {
        classifier.network().reset_dropout(&dropout);
    }
    gains
}

/// `|γ|/σ` for each input `[n, c s]` of a batch norm over `c` channels.
fn gain(layer: &BatchNorm<Cpu>, inputs: Tensor<Cpu, 2>) -> Tensor<Cpu, 2> {
    let ([n, n_inputs], weight) = (inputs.dims(), layer.weight.val());
    let channels = weight.dims()[0];
    let shape = [n, channels, n_inputs / channels];
    let inputs = inputs.reshape(shape);
    let centred = inputs.clone() - inputs.mean_dim(0).mean_dim(2);
    let variance = centred.square().mean_dim(0).mean_dim(2);
    let gain = weight.abs().reshape([1, channels, 1]) / (variance + EPSILON).sqrt();
    gain.expand(shape).reshape([n, n_inputs])
}
