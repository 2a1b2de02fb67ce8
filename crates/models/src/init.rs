//! Initial weights, drawn from a [`RandomState`]: the same numbers as NumPy draws.

use crate::description::{FilterInit, Scheme};
use emberlab_data::RandomState;

/// The sizes of a layer that its initialisation depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fan {
    /// Inputs that each output depends on: columns of W.
    pub fan_in: usize,
    /// Outputs that depend on each input.
    pub fan_out: usize,
    /// Rows of W: outputs of a linear layer, filters of a convolution.
    pub n_outputs: usize,
}

impl Fan {
    pub fn linear(n_inputs: usize, n_outputs: usize) -> Self {
        Self { fan_in: n_inputs, fan_out: n_outputs, n_outputs }
    }

    /// A convolution is a linear layer on patches of `n_inputs * area` pixels.
    pub fn convolution(n_inputs: usize, n_outputs: usize, area: usize) -> Self {
        Self { fan_in: n_inputs * area, fan_out: n_outputs * area, n_outputs }
    }
}

/// A layer's initial values in host memory.
pub(crate) struct InitialValues {
    /// `[n_outputs, fan_in]`, row-major.
    pub weight: Vec<f64>,
    /// `[n_outputs]`.
    pub bias: Vec<f64>,
}

impl Scheme {
    /// Draws the weights and biases of a layer.
    pub(crate) fn draw(self, fan: Fan, random: &mut RandomState) -> InitialValues {
        let mut uniform = |fan_sum: usize| {
            let bound = (6.0 / fan_sum as f64).sqrt();
            zero_bias(fan, || random.uniform(-bound, bound))
        };
        match self {
            Self::KaimingUniform => uniform(fan.fan_in),
            Self::XavierUniform => uniform(fan.fan_in + fan.fan_out),
            Self::AugmentedNormal { std } => draw_augmented(std, fan, random),
            Self::Normal { std } => zero_bias(fan, || random.standard_normal() * std),
            Self::Pytorch => {
                let bound = (1.0 / fan.fan_in as f64).sqrt();
                let mut values = zero_bias(fan, || random.uniform(-bound, bound));
                values.bias.fill_with(|| random.uniform(-bound, bound));
                values
            }
        }
    }
}

/// The initial values of a convolution: of a linear layer on patches, unless `init` says otherwise. Filters that whiten are
/// drawn like others until the training images are known.
pub(crate) fn draw_filters(
    channels: usize,
    n_filters: usize,
    kernel_size: usize,
    init: Option<FilterInit>,
    scheme: Scheme,
    random: &mut RandomState,
) -> InitialValues {
    let scheme = match init {
        Some(FilterInit::Scheme(scheme)) => scheme,
        Some(FilterInit::Dirac | FilterInit::Whitening) | None => scheme,
    };
    let area = kernel_size * kernel_size;
    let mut values = scheme.draw(Fan::convolution(channels, n_filters, area), random);
    if init == Some(FilterInit::Dirac) {
        // The middle pixel, of an even size the one after the middle, as in PyTorch.
        let middle = (kernel_size / 2) * kernel_size + kernel_size / 2;
        for (index, filter) in values.weight.chunks_mut(channels * area).take(channels).enumerate() {
            filter.fill(0.0);
            filter[index * area + middle] = 1.0;
        }
    }
    values
}

fn zero_bias(fan: Fan, draw: impl FnMut() -> f64) -> InitialValues {
    InitialValues {
        weight: std::iter::repeat_with(draw).take(fan.fan_in * fan.n_outputs).collect(),
        bias: vec![0.0; fan.n_outputs],
    }
}

fn draw_augmented(std: f64, fan: Fan, random: &mut RandomState) -> InitialValues {
    let Fan { fan_in, n_outputs, .. } = fan;
    let mut draw = || random.standard_normal() * std;
    let bias = (0..n_outputs).map(|_| draw()).collect();
    let mut weight = vec![0.0; fan_in * n_outputs];
    for input in 0..fan_in {
        for output in 0..n_outputs {
            weight[output * fan_in + input] = draw();
        }
    }
    InitialValues { weight, bias }
}
