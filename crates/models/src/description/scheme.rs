//! The distributions of initial weights.

/// The distribution of a layer's initial weights. `W` has the shape `[n_outputs, n_inputs]` and is drawn row by row; of a
/// convolution, `n_inputs` counts the area of the filter, as `fan_in` and `fan_out` do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scheme {
    /// θ of shape `[n_inputs + 1, n_outputs]` from `N(0, std²)`, row by row; row 0 is the bias. The first part of the
    /// lab, where a column of ones stands before the features.
    AugmentedNormal {
        /// Standard deviation.
        std: f64,
    },
    /// W from `N(0, std²)` and biases 0. The second part of the lab.
    Normal {
        /// Standard deviation.
        std: f64,
    },
    /// W from `U(-b, b)`, `b = √(6 / fan_in)`, and biases 0 (K. He et al., "Delving Deep into Rectifiers", 2015).
    KaimingUniform,
    /// W from `U(-b, b)`, `b = √(6 / (fan_in + fan_out))`, and biases 0 (X. Glorot and Y. Bengio, "Understanding the
    /// difficulty of training deep feedforward neural networks", 2010).
    XavierUniform,
    /// W and biases from `U(-b, b)`, `b = 1 / √fan_in`: PyTorch's for linear and convolution layers.
    Pytorch,
}
