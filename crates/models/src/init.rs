//! Initial weights, drawn from a [`RandomState`] so that they equal NumPy's.

use emberlab_data::RandomState;

/// How a layer's weights are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scheme {
    /// θ of shape `[n_inputs + 1, n_outputs]` from `N(0, std²)`, row by row; row 0 is the bias. The
    /// first part of the lab, where a column of ones stands before the features.
    AugmentedNormal {
        /// Standard deviation.
        std: f64,
    },
    /// W of shape `[n_outputs, n_inputs]` from `N(0, std²)`, row by row, and biases 0. The second
    /// part of the lab.
    Normal {
        /// Standard deviation.
        std: f64,
    },
    /// W of shape `[n_outputs, n_inputs]` from `U(-b, b)`, `b = √(6 / n_inputs)`, and biases 0 (K. He
    /// et al., "Delving Deep into Rectifiers", 2015).
    KaimingUniform,
    /// W of shape `[n_outputs, n_inputs]` from `U(-b, b)`, `b = √(6 / (n_inputs + n_outputs))`, and
    /// biases 0; for convolutions both numbers times the area of the filter (X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward
    /// neural networks", 2010).
    XavierUniform,
}

/// The sizes of a layer, as an initialisation needs them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fan {
    /// Inputs of each output: columns of W.
    pub n_inputs: usize,
    /// Rows of W.
    pub n_outputs: usize,
    /// Outputs that each input reaches.
    pub reach: usize,
}

impl Fan {
    pub fn linear(n_inputs: usize, n_outputs: usize) -> Self {
        Self { n_inputs, n_outputs, reach: n_outputs }
    }

    /// A convolution is a linear layer on patches of `n_inputs * area` pixels.
    pub fn convolution(n_inputs: usize, n_outputs: usize, area: usize) -> Self {
        Self { n_inputs: n_inputs * area, n_outputs, reach: n_outputs * area }
    }
}

/// A layer's initial values in host memory.
pub(crate) struct LinearValues {
    /// `[n_outputs, n_inputs]`, row-major.
    pub weight: Vec<f64>,
    /// `[n_outputs]`.
    pub bias: Vec<f64>,
}

impl Scheme {
    pub(crate) fn draw(self, fan: Fan, random: &mut RandomState) -> LinearValues {
        let mut uniform = |fan_sum: usize| {
            let bound = (6.0 / fan_sum as f64).sqrt();
            zero_bias(fan, || random.uniform(-bound, bound))
        };
        match self {
            Self::KaimingUniform => uniform(fan.n_inputs),
            Self::XavierUniform => uniform(fan.n_inputs + fan.reach),
            Self::AugmentedNormal { std } => draw_augmented(std, fan, random),
            Self::Normal { std } => zero_bias(fan, || random.standard_normal() * std),
        }
    }
}

fn zero_bias(fan: Fan, draw: impl FnMut() -> f64) -> LinearValues {
    LinearValues {
        weight: std::iter::repeat_with(draw).take(fan.n_inputs * fan.n_outputs).collect(),
        bias: vec![0.0; fan.n_outputs],
    }
}

fn draw_augmented(std: f64, fan: Fan, random: &mut RandomState) -> LinearValues {
    let Fan { n_inputs, n_outputs, .. } = fan;
    let mut draw = || random.standard_normal() * std;
    let bias = (0..n_outputs).map(|_| draw()).collect();
    let mut weight = vec![0.0; n_inputs * n_outputs];
    for input in 0..n_inputs {
        for output in 0..n_outputs {
            weight[output * n_inputs + input] = draw();
        }
    }
    LinearValues { weight, bias }
}
