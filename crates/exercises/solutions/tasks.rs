//! The functions of the exercises. Rows are samples, and each loss is a mean over the samples.

use crate::array::Array;

/// The smallest probability that a loss takes the logarithm of.
const EPSILON: f64 = 1e-15;

/// The sigmoid of each number of `z`.
pub fn sigmoid(z: &Array) -> Array {
    z.map(|z| 1.0 / (1.0 + (-z).exp()))
}

/// The softmax of each row of `z`, `[m, K]`; also for scores as large as 1000.
pub fn softmax(z: &Array) -> Array {
    let largest = |row: usize| (0..z.columns()).map(|k| z[[row, k]]).fold(f64::NEG_INFINITY, f64::max);
    let exponentials = Array::from_fn([z.rows(), z.columns()], |row, k| (z[[row, k]] - largest(row)).exp());
    let sum = |row: usize| (0..z.columns()).map(|k| exponentials[[row, k]]).sum::<f64>();
    Array::from_fn([z.rows(), z.columns()], |row, k| exponentials[[row, k]] / sum(row))
}

/// The binary cross-entropy of labels 0 or 1 and probabilities of class 1, both `[m, 1]`. Probabilities are clipped to
/// `EPSILON` and `1 - EPSILON`.
pub fn binary_cross_entropy(labels: &Array, probabilities: &Array) -> f64 {
    let terms = labels.zip(probabilities, |y, p| {
        let p = p.clamp(EPSILON, 1.0 - EPSILON);
        y * p.ln() + (1.0 - y) * (1.0 - p).ln()
    });
    -terms.values().iter().sum::<f64>() / labels.rows() as f64
}

/// The categorical cross-entropy of one-hot targets and probabilities, both `[m, K]`. Probabilities are clipped as above.
pub fn cross_entropy(targets: &Array, probabilities: &Array) -> f64 {
    let terms = targets.zip(probabilities, |y, p| y * p.clamp(EPSILON, 1.0 - EPSILON).ln());
    -terms.values().iter().sum::<f64>() / targets.rows() as f64
}

/// The derivative of the sigmoid at each number of `z`.
pub fn sigmoid_derivative(z: &Array) -> Array {
    sigmoid(z).map(|p| p * (1.0 - p))
}

/// The derivatives of the softmax of one row `z`, `[1, K]`: entry `[i, j]` of `[K, K]` is that of probability `i` by score `j`.
pub fn softmax_derivative(z: &Array) -> Array {
    let p = softmax(z);
    Array::from_fn([z.columns(), z.columns()], |i, j| {
        let same = if i == j { 1.0 } else { 0.0 };
        p[[0, i]] * (same - p[[0, j]])
    })
}

/// The derivative of the binary cross-entropy by each probability, `[m, 1]`.
pub fn binary_cross_entropy_derivative(labels: &Array, probabilities: &Array) -> Array {
    let m = labels.rows() as f64;
    labels.zip(probabilities, |y, p| ((1.0 - y) / (1.0 - p) - y / p) / m)
}

/// The derivative of the categorical cross-entropy by each probability, `[m, K]`.
pub fn cross_entropy_derivative(targets: &Array, probabilities: &Array) -> Array {
    let m = targets.rows() as f64;
    targets.zip(probabilities, |y, p| -y / p / m)
}

/// The derivative of the loss by the weights of a linear classifier, `[n + 1, K]`, from the inputs with a column of ones,
/// `[m, n + 1]`, the targets and the probabilities, both `[m, K]`.
pub fn linear_gradient(inputs: &Array, targets: &Array, probabilities: &Array) -> Array {
    let m = inputs.rows() as f64;
    inputs.transposed().dot(&probabilities.zip(targets, |p, y| (p - y) / m))
}

/// The weights after one step of gradient descent.
pub fn update(theta: &Array, gradient: &Array, learning_rate: f64) -> Array {
    theta.zip(gradient, |theta, gradient| theta - learning_rate * gradient)
}

/// The probabilities of each class, `[m, K]`, by a network with one hidden layer of ReLU. Given.
pub fn mlp_probabilities(inputs: &Array, w1: &Array, b1: &Array, w2: &Array, b2: &Array) -> Array {
    let a1 = with_bias(&inputs.dot(&w1.transposed()), b1).map(|z| z.max(0.0));
    softmax(&with_bias(&a1.dot(&w2.transposed()), b2))
}

/// The sums of scores and a bias, which is added to each row. Given.
pub fn with_bias(z: &Array, bias: &Array) -> Array {
    Array::from_fn([z.rows(), z.columns()], |row, column| z[[row, column]] + bias[[0, column]])
}

/// The derivatives of the loss of a network with one hidden layer of ReLU, by `w1` `[h, n]`, `b1` `[1, h]`, `w2` `[K, h]`
/// and `b2` `[1, K]`, in this order. Inputs are `[m, n]`, one-hot targets `[m, K]`.
pub fn mlp_backward(
    inputs: &Array,
    targets: &Array,
    w1: &Array,
    b1: &Array,
    w2: &Array,
    b2: &Array,
) -> [Array; 4] {
    let m = inputs.rows() as f64;
    let z1 = with_bias(&inputs.dot(&w1.transposed()), b1);
    let a1 = z1.map(|z| z.max(0.0));
    let probabilities = mlp_probabilities(inputs, w1, b1, w2, b2);
    let dz2 = probabilities.zip(targets, |p, y| (p - y) / m);
    let dz1 = dz2.dot(w2).zip(&z1, |gradient, z| if z > 0.0 { gradient } else { 0.0 });
    [dz1.transposed().dot(inputs), dz1.column_sums(), dz2.transposed().dot(&a1), dz2.column_sums()]
}

/// A convolution as networks have it, without padding, by steps of one pixel. Image `[C, H, W]`, filters `[F, C, k, k]`,
/// bias `[F]`; returns `[F, H - k + 1, W - k + 1]`. Given.
pub fn convolution(image: &Array, filters: &Array, bias: &Array) -> Array {
    let (&[channels, height, width], &[n_filters, _, k, _]) = (image.shape(), filters.shape()) else {
        panic!("an image has three directions, filters have four");
    };
    let mut output = Array::zeros(&[n_filters, height - k + 1, width - k + 1]);
    for f in 0..n_filters {
        for i in 0..height - k + 1 {
            for j in 0..width - k + 1 {
                output[[f, i, j]] = bias[[f]];
                for c in 0..channels {
                    for u in 0..k {
                        for v in 0..k {
                            output[[f, i, j]] += image[[c, i + u, j + v]] * filters[[f, c, u, v]];
                        }
                    }
                }
            }
        }
    }
    output
}

/// The derivatives of a loss by the image, the filters and the bias of a [`convolution`], in this order, from the
/// derivative of the loss by its output.
pub fn convolution_backward(image: &Array, filters: &Array, output_gradient: &Array) -> [Array; 3] {
    let (&[n_filters, channels, k, _], &[_, height, width]) = (filters.shape(), output_gradient.shape())
    else {
        panic!("filters have four directions, an output has three");
    };
    let mut image_gradient = Array::zeros(image.shape());
    let mut filter_gradient = Array::zeros(filters.shape());
    let mut bias_gradient = Array::zeros(&[n_filters]);
    for f in 0..n_filters {
        for i in 0..height {
            for j in 0..width {
                let gradient = output_gradient[[f, i, j]];
                bias_gradient[[f]] += gradient;
                for c in 0..channels {
                    for u in 0..k {
                        for v in 0..k {
                            filter_gradient[[f, c, u, v]] += gradient * image[[c, i + u, j + v]];
                            image_gradient[[c, i + u, j + v]] += gradient * filters[[f, c, u, v]];
                        }
                    }
                }
            }
        }
    }
    [image_gradient, filter_gradient, bias_gradient]
}
