//! The layers of a network and their sizes.

use super::architecture_error::Reason;
use super::{ArchitectureError, Blocks, LayerDefinition, LayerKind, LayerSpec, Shape};
use std::fmt;

/// The most layers of a network, those inside residual blocks included.
const MAX_LAYERS: usize = 10_000;

/// The layers of a classifier, whose sizes fit each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Architecture {
    input: Shape,
    layers: Vec<LayerSpec>,
    names: LayerNames,
}

/// How the layers of a network are named, for example in a file of weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerNames {
    /// By their kind and their number among the layers of that kind, as `convolutions.0`.
    ByKind,
    /// By their position, as in PyTorch's `nn.Sequential`.
    ByPosition,
}

impl Architecture {
    /// The network of some layers for samples of one shape. Where positions are names, a layer that makes rows of numbers of
    /// images is inserted before a linear layer that receives images, as PyTorch needs one. The last layer makes `n_logits`
    /// numbers of each sample.
    ///
    /// # Errors
    ///
    /// [`ArchitectureError`] for the first layer that does not fit.
    pub fn new(
        input: Shape,
        layers: &[LayerDefinition],
        n_logits: usize,
        names: LayerNames,
    ) -> Result<Self, ArchitectureError> {
        if count(layers) > MAX_LAYERS {
            let reason = Reason::TooMany { most: MAX_LAYERS };
            return Err(ArchitectureError { place: largest(layers), reason });
        }
        let resolving = Resolving { n_logits, names };
        let (resolved, output) = resolving.all(layers, input, &[])?;
        if output.size() != n_logits {
            let place = layers.len().checked_sub(1).into_iter().collect();
            return Err(ArchitectureError { place, reason: Reason::Logits { output, n_logits } });
        }
        Ok(Self { input, layers: resolved, names })
    }

    /// The network of blocks.
    ///
    /// # Errors
    ///
    /// [`ArchitectureError`] when the images are too small.
    pub fn of_blocks(input: Shape, blocks: &Blocks, n_logits: usize) -> Result<Self, ArchitectureError> {
        Self::new(input, &blocks.layers(), n_logits, LayerNames::ByKind)
    }

    /// One linear layer.
    pub fn linear(n_features: usize, n_outputs: usize) -> Self {
        Self::mlp(n_features, &[], n_outputs)
    }

    /// Linear layers with ReLU between them.
    pub fn mlp(n_features: usize, hidden: &[usize], n_outputs: usize) -> Self {
        let mut layers = Vec::new();
        let mut n_inputs = n_features;
        for &units in hidden {
            layers.push(linear(n_inputs, units));
            layers.push(LayerSpec::Activation(super::Activation::Relu));
            n_inputs = units;
        }
        layers.push(linear(n_inputs, n_outputs));
        Self { input: Shape::Features(n_features), layers, names: LayerNames::ByKind }
    }

    /// The shape of a sample.
    pub fn input(&self) -> Shape {
        self.input
    }

    /// Values per sample.
    pub fn n_features(&self) -> usize {
        self.input.size()
    }

    /// The layers, from the input to the logits.
    pub fn layers(&self) -> &[LayerSpec] {
        &self.layers
    }

    /// How the layers are named.
    pub fn names(&self) -> LayerNames {
        self.names
    }

    /// Each layer with the shape of its input.
    pub fn with_inputs(&self) -> impl Iterator<Item = (Shape, &LayerSpec)> {
        self.layers.iter().scan(self.input, |shape, layer| {
            let input = std::mem::replace(shape, layer.output(*shape));
            Some((input, layer))
        })
    }

    /// Whether a batch norm receives a single value of each channel from a sample, so that its variance needs two samples.
    pub fn normalizes_samples(&self) -> bool {
        normalizes_samples(&self.layers, self.input)
    }

    /// The number of all weights and biases.
    pub fn n_parameters(&self) -> usize {
        self.layers.iter().map(LayerSpec::n_parameters).fold(0, usize::saturating_add)
    }

    /// Products of the forward pass of one sample; see [`LayerSpec::multiply_adds`].
    pub fn multiply_adds(&self) -> usize {
        let products = self.with_inputs().map(|(input, layer)| layer.multiply_adds(input));
        products.fold(0, usize::saturating_add)
    }

    /// Values per sample of the outputs of all layers, those inside residual blocks included.
    pub fn n_kept(&self) -> usize {
        let kept = self.with_inputs().map(|(input, layer)| layer.n_kept(input));
        kept.fold(0, usize::saturating_add)
    }
}

fn linear(n_inputs: usize, n_outputs: usize) -> LayerSpec {
    LayerSpec::Linear { n_inputs, n_outputs, bias: true, scheme: None }
}

fn normalizes_samples(layers: &[LayerSpec], input: Shape) -> bool {
    let mut shape = input;
    layers.iter().any(|layer| {
        let input = shape;
        shape = layer.output(input);
        match layer {
            LayerSpec::BatchNorm { .. } => input.size() == input.channels(),
            LayerSpec::Residual { layers, shortcut } => {
                normalizes_samples(layers, input) || normalizes_samples(shortcut, input)
            }
            _ => false,
        }
    })
}

/// The number of layers, those inside residual blocks included.
fn count(layers: &[LayerDefinition]) -> usize {
    let counts = layers.iter().map(|layer| {
        let inner = match &layer.kind {
            LayerKind::Residual { layers, .. } => count(layers),
            _ => 0,
        };
        inner.saturating_add(1).saturating_mul(layer.repeat)
    });
    counts.fold(0, usize::saturating_add)
}

/// The position of the definition that makes the most layers.
fn largest(layers: &[LayerDefinition]) -> Vec<usize> {
    let sizes = layers.iter().map(|layer| count(std::slice::from_ref(layer)));
    sizes.enumerate().max_by_key(|&(_, size)| size).map(|(index, _)| index).into_iter().collect()
}

/// What layers need to know beside their input.
#[derive(Clone, Copy)]
struct Resolving {
    n_logits: usize,
    names: LayerNames,
}

impl Resolving {
    /// The layers for inputs of one shape, and the shape after them; `place` is that of the block around them.
    fn all(
        self,
        definitions: &[LayerDefinition],
        input: Shape,
        place: &[usize],
    ) -> Result<(Vec<LayerSpec>, Shape), ArchitectureError> {
        let (mut layers, mut shape) = (Vec::new(), input);
        for (index, LayerDefinition { kind, repeat }) in definitions.iter().enumerate() {
            let place = [place, &[index]].concat();
            for _ in 0..*repeat {
                if self.flattens_before(kind, shape) {
                    layers.push(LayerSpec::Flatten);
                    shape = LayerSpec::Flatten.output(shape);
                }
                let layer = self.one(kind, shape, &place)?;
                if let Err(reason) = layer.check_whitening(place == [0] && layers.is_empty()) {
                    return Err(ArchitectureError { place, reason });
                }
                shape = layer.output(shape);
                layers.push(layer);
            }
        }
        Ok((layers, shape))
    }

    fn flattens_before(self, kind: &LayerKind, input: Shape) -> bool {
        self.names == LayerNames::ByPosition
            && matches!((kind, input), (LayerKind::Linear { .. }, Shape::Image(_)))
    }

    fn one(self, kind: &LayerKind, input: Shape, place: &[usize]) -> Result<LayerSpec, ArchitectureError> {
        let resolved = match kind {
            LayerKind::Residual { layers, shortcut } if !layers.is_empty() => {
                let (layers, output) = self.all(layers, input, place)?;
                shortcut.around(layers, input, output)
            }
            kind => kind.resolve(input, self.n_logits),
        };
        resolved.map_err(|reason| ArchitectureError { place: place.to_vec(), reason })
    }
}

/// The sizes from layer to layer, as `3072 → 64 → 10`, with convolutions as `conv 16` and residual blocks as `residual 16`;
/// of equal blocks in a row only the number, as `3 × residual 16`.
impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.input.size())?;
        let mut steps: Vec<(String, usize)> = Vec::new();
        for (input, layer) in self.with_inputs() {
            let Some(step) = step(layer, input) else { continue };
            let is_block = matches!(layer, LayerSpec::Residual { .. });
            match steps.last_mut() {
                Some((last, n)) if *last == step && is_block => *n += 1,
                _ => steps.push((step, 1)),
            }
        }
        for (step, n) in steps {
            match n {
                1 => write!(f, " → {step}")?,
                n => write!(f, " → {n} × {step}")?,
            }
        }
        Ok(())
    }
}

fn step(layer: &LayerSpec, input: Shape) -> Option<String> {
    match layer {
        LayerSpec::Linear { n_outputs, .. } => Some(n_outputs.to_string()),
        LayerSpec::Convolution { filters, .. } => Some(format!("conv {}", filters.n_filters)),
        LayerSpec::Residual { .. } => Some(format!("residual {}", layer.output(input).channels())),
        _ => None,
    }
}
