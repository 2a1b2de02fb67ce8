//! Layers that follow one another: a network, or the inside of a layer that contains others.

use super::{AnyLayer, Backward, InputGradient, Layer, TrainingPass, WithBackward, recorded};
use crate::description::Precision;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// The output of the last layer when predicting.
pub fn forward<B: Backend>(layers: &[AnyLayer<B>], input: Tensor<B, 2>) -> Tensor<B, 2> {
    layers.iter().fold(input, |signal, layer| layer.forward(signal))
}

/// The output of the last layer for a training batch.
pub fn forward_training<B: Backend>(
    layers: &[AnyLayer<B>],
    input: Tensor<B, 2>,
    pass: &mut TrainingPass,
) -> Tensor<B, 2> {
    let (mut layers, mut signal) = (computing(layers).peekable(), input);
    while let Some(layer) = layers.next() {
        let next = layers.peek().copied();
        signal = match recorded::forward_training(layer, next, &signal, pass) {
            Some((output, n_layers)) => {
                if n_layers == 2 {
                    layers.next();
                }
                output
            }
            None => layer.forward_training(signal, pass),
        };
    }
    signal
}

/// The output of the last layer for a training batch, and the derivatives of the layers.
pub fn differentiate<B: Backend>(
    layers: &[AnyLayer<B>],
    input: Tensor<B, 2>,
    precision: Precision,
) -> (Tensor<B, 2>, Vec<Backward<'_, B>>) {
    let mut derivatives = Vec::with_capacity(layers.len());
    let (mut layers, mut signal) = (computing(layers).peekable(), input);
    while let Some(layer) = layers.next() {
        let both = layers.peek().and_then(|next| differentiate_both(layer, next, &signal));
        let (output, backward) = match both {
            Some(both) => {
                layers.next();
                both
            }
            None => layer.differentiate(signal, precision),
        };
        derivatives.push(backward);
        signal = output;
    }
    (signal, derivatives)
}

/// Two layers as one, where a kernel computes them together.
fn differentiate_both<B: Backend>(
    layer: &AnyLayer<B>,
    next: &AnyLayer<B>,
    input: &Tensor<B, 2>,
) -> Option<WithBackward<'static, B>> {
    match (layer, next) {
        (AnyLayer::BatchNorm(norm), AnyLayer::Activation(layer)) => {
            norm.differentiate_activated(input, layer.activation)
        }
        _ => None,
    }
}

/// Takes `∂J/∂output` of the last layer back to `∂J/∂input` of the first one, if that is wanted.
pub fn backpropagate<B: Backend>(
    derivatives: Vec<Backward<'_, B>>,
    grad: Tensor<B, 2>,
    wanted: InputGradient,
    gradients: &mut GradientsParams,
) -> Option<Tensor<B, 2>> {
    let mut grad = Some(grad);
    for (index, backward) in derivatives.into_iter().enumerate().rev() {
        let wanted = if index > 0 { InputGradient::Wanted } else { wanted };
        grad = backward(grad?, wanted, gradients);
    }
    grad
}

/// The output of the last layer for a training batch, and the derivative of all layers as one.
pub fn with_backward<B: Backend>(
    layers: &[AnyLayer<B>],
    input: Tensor<B, 2>,
    precision: Precision,
) -> WithBackward<'_, B> {
    let (output, derivatives) = differentiate(layers, input, precision);
    let backward = move |grad: Tensor<B, 2>, wanted: InputGradient, gradients: &mut GradientsParams| {
        backpropagate(derivatives, grad, wanted, gradients)
    };
    (output, Box::new(backward))
}

/// The layers without those that only change the shape: the first layer that computes has no layer before it that needs a
/// gradient.
fn computing<B: Backend>(layers: &[AnyLayer<B>]) -> impl Iterator<Item = &AnyLayer<B>> {
    layers.iter().filter(|layer| !matches!(layer, AnyLayer::Flatten(_)))
}
