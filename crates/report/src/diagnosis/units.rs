//! Units that pass on nothing, or no gradient.

use super::evidence::{Evidence, LayerTensors};
use super::tensor::Tensor;
use super::{Finding, Likelihood};
use emberlab_config::ModelKind;
use emberlab_models::Activation;

/// The size of a unit's first sum, for inputs of size 1, below which all of a layer's units are taken to do the same.
const NO_GAIN: f64 = 1e-3;
/// The size of a unit's first sum above which sigmoid and tanh are flat.
const LARGE_GAIN: f64 = 5.0;
/// The gradient of the first layer as a share of the last one's below which it is taken to vanish.
const VANISHING: f64 = 1e-3;

/// The weights of a hidden network are all equal at first.
pub fn equal_weights(evidence: &Evidence) -> Option<Finding> {
    hidden(evidence)?;
    let equal = evidence.layers.iter().find(|layer| {
        let constant = layer.weights.first().is_some_and(Tensor::is_constant);
        constant || layer.initial_gain().is_some_and(|gain| gain < NO_GAIN)
    })?;
    let size = equal.weights.first()?.root_mean_square();
    Some(Finding {
        likelihood: Likelihood::Certain,
        cause: format!("The weights of `{}` are nearly equal at first.", equal.name),
        seen: format!("their root mean square was {size:.1e} before the first update"),
        advice: "Units with equal weights get equal gradients and stay equal: the layer works like a single unit. Weights of 0 even \
                 keep the gradient from the layers before. Draw them, as wide as the layer needs.",
        settings: schemes(evidence),
    })
}

/// No gradient arrives at a layer behind ReLU.
pub fn dead(evidence: &Evidence) -> Option<Finding> {
    if evidence.activation() != Some(Activation::Relu) {
        return None;
    }
    let (layer, update) = evidence.layers.iter().find_map(|layer| {
        let zeros: Vec<_> = layer.gradients.iter().rev().take_while(|gradient| gradient.is_zero()).collect();
        // A single batch may happen to reach no unit.
        let is_dead = zeros.len() >= 2.min(layer.gradients.len());
        zeros.last().filter(|_| is_dead).map(|first| (layer, first.update))
    })?;
    Some(Finding {
        likelihood: Likelihood::Certain,
        cause: format!("No gradient reaches `{}`: the units behind it are dead.", layer.name),
        seen: format!("its gradient is exactly 0 from update {update} on"),
        advice: "A unit of ReLU whose input is negative for every sample has the output 0 and the derivative 0, so that nothing brings \
                 it back. Long steps push units there; leaky ReLU and GELU let some gradient through.",
        settings: [
            vec![super::learning_rate::rate(evidence, 0.1)],
            activations(evidence, "leaky-relu"),
            schemes(evidence),
        ]
        .concat(),
    })
}

/// Sigmoid or tanh receive sums so large that they are flat there.
pub fn saturated(evidence: &Evidence) -> Option<Finding> {
    if !matches!(evidence.activation(), Some(Activation::Sigmoid | Activation::Tanh)) {
        return None;
    }
    let last = evidence.layers.len().checked_sub(1)?;
    let (layer, gain) = evidence.layers.get(..last)?.iter().find_map(|layer| {
        let gain = layer.initial_gain().filter(|gain| *gain > LARGE_GAIN)?;
        Some((layer, gain))
    })?;
    Some(Finding {
        likelihood: Likelihood::Likely,
        cause: format!("The units behind `{}` are saturated.", layer.name),
        seen: format!(
            "for inputs of size 1 their sums had the size {gain:.1} at first, where sigmoid and tanh are flat"
        ),
        advice: "Where the function is flat its derivative is nearly 0, and so is the gradient of all layers before. Draw smaller weights.",
        settings: [schemes(evidence), normalizations(evidence)].concat(),
    })
}

/// The gradient gets smaller from layer to layer.
pub fn vanishing_gradients(evidence: &Evidence) -> Option<Finding> {
    hidden(evidence)?;
    let size = |layer: &LayerTensors| layer.gradients.first().map(Tensor::root_mean_square);
    let (first, last) = (evidence.layers.first()?, evidence.layers.last()?);
    let (at_first, at_last) = (size(first)?, size(last)?);
    if at_first == 0.0 || at_first > VANISHING * at_last {
        return None;
    }
    let mut settings = activations(evidence, "relu");
    settings.extend(schemes(evidence));
    if let ModelKind::Mlp(units) | ModelKind::Cnn { hidden: units, .. } = &evidence.config.model.kind
        && !units.batch_norm
    {
        settings.push("model.batch_norm=true".to_owned());
    }
    Some(Finding {
        likelihood: Likelihood::Likely,
        cause: "The gradient vanishes on its way back to the first layer.".to_owned(),
        seen: format!(
            "its root mean square was {at_last:.1e} in `{}` and {at_first:.1e} in `{}` at update 1",
            last.name, first.name
        ),
        advice: "Each layer multiplies the gradient by its weights and by the derivative of its activation, which is at most 1/4 for \
                 sigmoid. Weights of the right size, ReLU or batch norm keep it as large as it is.",
        settings,
    })
}

/// The evidence, if the network has a hidden layer.
fn hidden(evidence: &Evidence) -> Option<&Evidence> {
    (evidence.layers.len() > 1).then_some(evidence)
}

/// Settings of initial weights that depend on the size of the layer.
fn schemes(evidence: &Evidence) -> Vec<String> {
    let fits = match evidence.activation() {
        Some(Activation::Sigmoid | Activation::Tanh) => "xavier-uniform",
        _ => "kaiming-uniform",
    };
    vec![format!("model.init={{ scheme = \"{fits}\" }}")]
}

/// The setting of another activation, where one key decides it.
fn activations(evidence: &Evidence, name: &str) -> Vec<String> {
    let has_key = matches!(evidence.config.model.kind, ModelKind::Mlp(_) | ModelKind::Cnn { .. });
    let other = match evidence.activation() {
        Some(Activation::Relu) => name != "relu",
        _ => true,
    };
    if has_key && other { vec![format!("model.activation={name}")] } else { Vec::new() }
}

/// The setting that brings inputs to the size 1.
fn normalizations(evidence: &Evidence) -> Vec<String> {
    super::inputs::normalization(evidence).into_iter().collect()
}
