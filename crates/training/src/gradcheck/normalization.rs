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
use emberlab_models::layers::{AnyLayer, BatchNorm, Layer, LayerDerivative, TrainingPass};
use emberlab_models::{Classifier, Gradients, Precision, manual_gradients};
use std::cell::Cell;
use std::collections::BTreeMap;

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
        manual_gradients(classifier, batch, |derivative: LayerDerivative<'_, Cpu>| {
            let LayerDerivative { place, grad_output, grad_input, .. } = derivative;
            let gain = gains.get(place).cloned();
            Some(match (grad_input?, gain) {
                (returned, Some(gain)) => {
                    let terms = grad_output * gain;
                    returned + (jitter.moved(terms.clone()) - terms)
                }
                (returned, None) => returned,
            })
        })
    }
}

/// `|γ|/σ` for each input `[n, n_inputs]` of each batch norm, by the place of the layer.
fn gains(classifier: &Classifier<Tracked>, inputs: Tensor<Cpu, 2>) -> Gains {
    let dropout = classifier.network().dropout_state();
    let network = classifier.network().valid();
    let mut gains = Gains::new();
    collect(network.layers(), inputs, &[], &mut gains);
    if let Some(dropout) = dropout {
        classifier.network().reset_dropout(&dropout);
    }
    gains
}

type Gains = BTreeMap<Vec<usize>, Tensor<Cpu, 2>>;

/// Adds the batch norms of some layers, which lie at `place`, and returns the output of the last layer.
fn collect(
    layers: &[AnyLayer<Cpu>],
    input: Tensor<Cpu, 2>,
    place: &[usize],
    gains: &mut Gains,
) -> Tensor<Cpu, 2> {
    layers.iter().enumerate().fold(input, |signal, (index, layer)| {
        let place = [place, &[index]].concat();
        match layer {
            AnyLayer::Residual(block) => {
                let [branch, around] = [0, 1].map(|way| [&place[..], &[way]].concat());
                let branch = collect(&block.layers, signal.clone(), &branch, gains);
                return branch + collect(&block.shortcut, signal, &around, gains);
            }
            AnyLayer::BatchNorm(layer) => drop(gains.insert(place, gain(layer, signal.clone()))),
            _ => {}
        }
        layer.forward_training(signal, &mut TrainingPass::new(Precision::Full))
    })
}

/// `|γ|/σ` for each input `[n, c s]` of a batch norm over `c` channels.
fn gain(layer: &BatchNorm<Cpu>, inputs: Tensor<Cpu, 2>) -> Tensor<Cpu, 2> {
    let [n, n_inputs] = inputs.dims();
    let channels = layer.running_mean.value_sync().dims()[0];
    let shape = [n, channels, n_inputs / channels];
    let inputs = inputs.reshape(shape);
    let centred = inputs.clone() - inputs.mean_dim(0).mean_dim(2);
    let variance = centred.square().mean_dim(0).mean_dim(2);
    let inverse_std = (variance + layer.options.epsilon).sqrt().recip();
    let gain = match &layer.weight {
        Some(weight) => weight.val().abs().reshape([1, channels, 1]) * inverse_std,
        None => inverse_std,
    };
    gain.expand(shape).reshape([n, n_inputs])
}
