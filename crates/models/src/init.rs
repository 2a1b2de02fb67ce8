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
    /// biases 0 (X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward
    /// neural networks", 2010).
    XavierUniform,
}

/// A linear layer's initial values in host memory.
pub(crate) struct LinearValues {
    /// `[n_outputs, n_inputs]`, row-major.
    pub weight: Vec<f64>,
    /// `[n_outputs]`.
    pub bias: Vec<f64>,
}

impl Scheme {
    pub(crate) fn draw(self, n_inputs: usize, n_outputs: usize, random: &mut RandomState) -> LinearValues {
        match self {
            Self::AugmentedNormal { std } => draw_augmented(std, n_inputs, n_outputs, random),
            Self::Normal { std } => zero_bias(n_inputs, n_outputs, || random.standard_normal() * std),
            Self::KaimingUniform => {
                let bound = (6.0 / n_inputs as f64).sqrt();
                zero_bias(n_inputs, n_outputs, || random.uniform(-bound, bound))
            }
            Self::XavierUniform => {
                let bound = (6.0 / (n_inputs + n_outputs) as f64).sqrt();
                zero_bias(n_inputs, n_outputs, || random.uniform(-bound, bound))
            }
        }
    }
}

fn zero_bias(n_inputs: usize, n_outputs: usize, draw: impl FnMut() -> f64) -> LinearValues {
    LinearValues {
        weight: std::iter::repeat_with(draw).take(n_inputs * n_outputs).collect(),
        bias: vec![0.0; n_outputs],
    }
}

fn draw_augmented(std: f64, n_inputs: usize, n_outputs: usize, random: &mut RandomState) -> LinearValues {
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
