// Common mistakes, as students make them. Each function stands in place of the right one of its name.

// mistake: sigmoid: : sign of the exponent
pub fn sigmoid(z: &Array) -> Array {
    z.map(|z| 1.0 / (1.0 + z.exp()))
}

// mistake: sigmoid: : overflow
pub fn sigmoid(z: &Array) -> Array {
    z.map(|z| z.exp() / (1.0 + z.exp()))
}

// mistake: softmax: : overflow
pub fn softmax(z: &Array) -> Array {
    let e = z.map(f64::exp);
    Array::from_fn([z.rows(), z.columns()], |i, k| e[[i, k]] / (0..z.columns()).map(|j| e[[i, j]]).sum::<f64>())
}

// mistake: softmax: : wrong axis
pub fn softmax(z: &Array) -> Array {
    let largest = |k: usize| (0..z.rows()).map(|i| z[[i, k]]).fold(f64::NEG_INFINITY, f64::max);
    let e = Array::from_fn([z.rows(), z.columns()], |i, k| (z[[i, k]] - largest(k)).exp());
    let sums = e.column_sums();
    Array::from_fn([z.rows(), z.columns()], |i, k| e[[i, k]] / sums[[0, k]])
}

// mistake: softmax: : not normalised
pub fn softmax(z: &Array) -> Array {
    let largest = |i: usize| (0..z.columns()).map(|k| z[[i, k]]).fold(f64::NEG_INFINITY, f64::max);
    Array::from_fn([z.rows(), z.columns()], |i, k| (z[[i, k]] - largest(i)).exp())
}

// mistake: softmax: : error
pub fn softmax(z: &Array) -> Array {
    Array::from_fn([z.rows(), z.columns()], |i, k| z[[k, i]].exp())
}

// mistake: binary_cross_entropy: : no clipping
pub fn binary_cross_entropy(labels: &Array, probabilities: &Array) -> f64 {
    let terms = labels.zip(probabilities, |y, p| y * p.ln() + (1.0 - y) * (1.0 - p).ln());
    -terms.values().iter().sum::<f64>() / labels.rows() as f64
}

// mistake: binary_cross_entropy: : second term missing
pub fn binary_cross_entropy(labels: &Array, probabilities: &Array) -> f64 {
    let terms = labels.zip(probabilities, |y, p| y * p.clamp(EPSILON, 1.0 - EPSILON).ln());
    -terms.values().iter().sum::<f64>() / labels.rows() as f64
}

// mistake: cross_entropy: : sum instead of mean
pub fn cross_entropy(targets: &Array, probabilities: &Array) -> f64 {
    -targets.zip(probabilities, |y, p| y * p.clamp(EPSILON, 1.0 - EPSILON).ln()).values().iter().sum::<f64>()
}

// mistake: cross_entropy: : mean over classes too
pub fn cross_entropy(targets: &Array, probabilities: &Array) -> f64 {
    let terms = targets.zip(probabilities, |y, p| y * p.clamp(EPSILON, 1.0 - EPSILON).ln());
    -terms.values().iter().sum::<f64>() / terms.values().len() as f64
}

// mistake: cross_entropy: : logarithm of another base
pub fn cross_entropy(targets: &Array, probabilities: &Array) -> f64 {
    let terms = targets.zip(probabilities, |y, p| y * p.clamp(EPSILON, 1.0 - EPSILON).log10());
    -terms.values().iter().sum::<f64>() / targets.rows() as f64
}

// mistake: sigmoid_derivative: : argument taken for the probability
pub fn sigmoid_derivative(z: &Array) -> Array {
    z.map(|z| z * (1.0 - z))
}

// mistake: softmax_derivative: : only the diagonal
pub fn softmax_derivative(z: &Array) -> Array {
    let p = softmax(z);
    Array::from_fn([z.columns(), z.columns()], |i, j| if i == j { p[[0, i]] * (1.0 - p[[0, i]]) } else { 0.0 })
}

// mistake: softmax_derivative: : sign off the diagonal
pub fn softmax_derivative(z: &Array) -> Array {
    let p = softmax(z);
    Array::from_fn([z.columns(), z.columns()], |i, j| p[[0, i]] * if i == j { 1.0 - p[[0, j]] } else { p[[0, j]] })
}

// mistake: binary_cross_entropy_derivative: : second term missing
pub fn binary_cross_entropy_derivative(labels: &Array, probabilities: &Array) -> Array {
    labels.zip(probabilities, |y, p| -y / p / labels.rows() as f64)
}

// mistake: cross_entropy_derivative: : derivative by the score
pub fn cross_entropy_derivative(targets: &Array, probabilities: &Array) -> Array {
    targets.zip(probabilities, |y, p| (p - y) / targets.rows() as f64)
}

// mistake: cross_entropy_derivative: : sign
pub fn cross_entropy_derivative(targets: &Array, probabilities: &Array) -> Array {
    targets.zip(probabilities, |y, p| y / p / targets.rows() as f64)
}

// mistake: linear_gradient: : transposed
pub fn linear_gradient(inputs: &Array, targets: &Array, probabilities: &Array) -> Array {
    let m = inputs.rows() as f64;
    probabilities.zip(targets, |p, y| (p - y) / m).transposed().dot(inputs)
}

// mistake: linear_gradient: : sum instead of mean
pub fn linear_gradient(inputs: &Array, targets: &Array, probabilities: &Array) -> Array {
    inputs.transposed().dot(&probabilities.zip(targets, |p, y| p - y))
}

// mistake: linear_gradient: : error
pub fn linear_gradient(inputs: &Array, targets: &Array, probabilities: &Array) -> Array {
    inputs.dot(&probabilities.zip(targets, |p, y| p - y))
}

// mistake: update: : uphill
pub fn update(theta: &Array, gradient: &Array, learning_rate: f64) -> Array {
    theta.zip(gradient, |theta, gradient| theta + learning_rate * gradient)
}

// mistake: update: : only the step
pub fn update(theta: &Array, gradient: &Array, learning_rate: f64) -> Array {
    theta.zip(gradient, |_, gradient| learning_rate * gradient)
}

// mistake: mlp_backward: w1: derivative of ReLU missing
pub fn mlp_backward(inputs: &Array, targets: &Array, w1: &Array, b1: &Array, w2: &Array, b2: &Array) -> [Array; 4] {
    let m = inputs.rows() as f64;
    let a1 = with_bias(&inputs.dot(&w1.transposed()), b1).map(|z| z.max(0.0));
    let dz2 = mlp_probabilities(inputs, w1, b1, w2, b2).zip(targets, |p, y| (p - y) / m);
    let dz1 = dz2.dot(w2);
    [dz1.transposed().dot(inputs), dz1.column_sums(), dz2.transposed().dot(&a1), dz2.column_sums()]
}

// mistake: mlp_backward: w1: derivative of ReLU turned round
pub fn mlp_backward(inputs: &Array, targets: &Array, w1: &Array, b1: &Array, w2: &Array, b2: &Array) -> [Array; 4] {
    let m = inputs.rows() as f64;
    let z1 = with_bias(&inputs.dot(&w1.transposed()), b1);
    let dz2 = mlp_probabilities(inputs, w1, b1, w2, b2).zip(targets, |p, y| (p - y) / m);
    let dz1 = dz2.dot(w2).zip(&z1, |gradient, z| if z < 0.0 { gradient } else { 0.0 });
    [dz1.transposed().dot(inputs), dz1.column_sums(), dz2.transposed().dot(&z1.map(|z| z.max(0.0))), dz2.column_sums()]
}

// mistake: mlp_backward: w2: sum instead of mean
pub fn mlp_backward(inputs: &Array, targets: &Array, w1: &Array, b1: &Array, w2: &Array, b2: &Array) -> [Array; 4] {
    let z1 = with_bias(&inputs.dot(&w1.transposed()), b1);
    let dz2 = mlp_probabilities(inputs, w1, b1, w2, b2).zip(targets, |p, y| p - y);
    let dz1 = dz2.dot(w2).zip(&z1, |gradient, z| if z > 0.0 { gradient } else { 0.0 });
    [dz1.transposed().dot(inputs), dz1.column_sums(), dz2.transposed().dot(&z1.map(|z| z.max(0.0))), dz2.column_sums()]
}

// mistake: convolution_backward: image: only the last filter
pub fn convolution_backward(image: &Array, filters: &Array, output_gradient: &Array) -> [Array; 3] {
    let (n_filters, channels, k) = (filters.shape()[0], filters.shape()[1], filters.shape()[2]);
    let mut of_image = Array::zeros(image.shape());
    let mut of_filters = Array::zeros(filters.shape());
    let mut of_bias = Array::zeros(&[n_filters]);
    for f in 0..n_filters {
        of_image = Array::zeros(image.shape());
        for i in 0..output_gradient.shape()[1] {
            for j in 0..output_gradient.shape()[2] {
                of_bias[[f]] += output_gradient[[f, i, j]];
                for c in 0..channels {
                    for u in 0..k {
                        for v in 0..k {
                            of_filters[[f, c, u, v]] += output_gradient[[f, i, j]] * image[[c, i + u, j + v]];
                            of_image[[c, i + u, j + v]] += output_gradient[[f, i, j]] * filters[[f, c, u, v]];
                        }
                    }
                }
            }
        }
    }
    [of_image, of_filters, of_bias]
}

// mistake: convolution_backward: filters: only the last place
pub fn convolution_backward(image: &Array, filters: &Array, output_gradient: &Array) -> [Array; 3] {
    let (n_filters, channels, k) = (filters.shape()[0], filters.shape()[1], filters.shape()[2]);
    let mut of_image = Array::zeros(image.shape());
    let mut of_filters = Array::zeros(filters.shape());
    let mut of_bias = Array::zeros(&[n_filters]);
    for f in 0..n_filters {
        for i in 0..output_gradient.shape()[1] {
            for j in 0..output_gradient.shape()[2] {
                of_bias[[f]] += output_gradient[[f, i, j]];
                for c in 0..channels {
                    for u in 0..k {
                        for v in 0..k {
                            of_filters[[f, c, u, v]] = output_gradient[[f, i, j]] * image[[c, i + u, j + v]];
                            of_image[[c, i + u, j + v]] += output_gradient[[f, i, j]] * filters[[f, c, u, v]];
                        }
                    }
                }
            }
        }
    }
    [of_image, of_filters, of_bias]
}
