# Common mistakes, as students make them. Each function stands in place of the right one of its name.

# mistake: sigmoid: : sign of the exponent
def sigmoid(z):
    return 1 / (1 + np.exp(z))

# mistake: sigmoid: : overflow
def sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))

# mistake: softmax: : wrong axis
def softmax(z):
    e = np.exp(z - np.max(z, axis=0, keepdims=True))
    return e / np.sum(e, axis=0, keepdims=True)

# mistake: softmax: : overflow
def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)

# mistake: softmax: : sum over everything
def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum()

# mistake: softmax: : largest of all rows
def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum(axis=1, keepdims=True)

# mistake: softmax: : error
def softmax(z):
    e = np.exp(z - z.max(axis=1))
    return e / e.sum(axis=1)

# mistake: binary_cross_entropy: : no clipping
def binary_cross_entropy(labels, probabilities):
    return -np.mean(labels * np.log(probabilities) + (1 - labels) * np.log(1 - probabilities))

# mistake: binary_cross_entropy: : second term missing
def binary_cross_entropy(labels, probabilities):
    p = np.clip(probabilities, EPSILON, 1 - EPSILON)
    return -np.mean(labels * np.log(p))

# mistake: binary_cross_entropy: : sum instead of mean
def binary_cross_entropy(labels, probabilities):
    p = np.clip(probabilities, EPSILON, 1 - EPSILON)
    return -np.sum(labels * np.log(p) + (1 - labels) * np.log(1 - p))

# mistake: cross_entropy: : mean over classes too
def cross_entropy(targets, probabilities):
    p = np.clip(probabilities, EPSILON, 1 - EPSILON)
    return -np.mean(targets * np.log(p))

# mistake: cross_entropy: : sign
def cross_entropy(targets, probabilities):
    p = np.clip(probabilities, EPSILON, 1 - EPSILON)
    return np.sum(targets * np.log(p)) / len(targets)

# mistake: cross_entropy: : logarithm of another base
def cross_entropy(targets, probabilities):
    p = np.clip(probabilities, EPSILON, 1 - EPSILON)
    return -np.sum(targets * np.log2(p)) / len(targets)

# mistake: sigmoid_derivative: : argument taken for the probability
def sigmoid_derivative(z):
    return z * (1 - z)

# mistake: sigmoid_derivative: : factor 1 - p missing
def sigmoid_derivative(z):
    return sigmoid(z)

# mistake: softmax_derivative: : only the diagonal
def softmax_derivative(z):
    p = softmax(z)[0]
    return np.diag(p * (1 - p))

# mistake: softmax_derivative: : as for the sigmoid
def softmax_derivative(z):
    p = softmax(z)
    return p * (1 - p)

# mistake: binary_cross_entropy_derivative: : derivative by the score
def binary_cross_entropy_derivative(labels, probabilities):
    return (probabilities - labels) / len(labels)

# mistake: binary_cross_entropy_derivative: : sign of the second term
def binary_cross_entropy_derivative(labels, probabilities):
    return (-labels / probabilities - (1 - labels) / (1 - probabilities)) / len(labels)

# mistake: cross_entropy_derivative: : sum instead of mean
def cross_entropy_derivative(targets, probabilities):
    return -targets / probabilities

# mistake: linear_gradient: : transposed
def linear_gradient(inputs, targets, probabilities):
    return (probabilities - targets).T @ inputs / len(inputs)

# mistake: linear_gradient: : sign
def linear_gradient(inputs, targets, probabilities):
    return inputs.T @ (targets - probabilities) / len(inputs)

# mistake: linear_gradient: : divided by the number of features
def linear_gradient(inputs, targets, probabilities):
    return inputs.T @ (probabilities - targets) / inputs.shape[1]

# mistake: update: : uphill
def update(theta, gradient, learning_rate):
    return theta + learning_rate * gradient

# mistake: update: : error
def update(theta, gradient, learning_rate):
    theta -= learning_rate * gradient
    return theta

# mistake: mlp_backward: w1: derivative of ReLU missing
def mlp_backward(inputs, targets, w1, b1, w2, b2):
    a1 = np.maximum(0, inputs @ w1.T + b1)
    dz2 = (mlp_probabilities(inputs, w1, b1, w2, b2) - targets) / len(inputs)
    dz1 = dz2 @ w2
    return dz1.T @ inputs, dz1.sum(axis=0, keepdims=True), dz2.T @ a1, dz2.sum(axis=0, keepdims=True)

# mistake: mlp_backward: w1: ReLU of the gradient
def mlp_backward(inputs, targets, w1, b1, w2, b2):
    a1 = np.maximum(0, inputs @ w1.T + b1)
    dz2 = (mlp_probabilities(inputs, w1, b1, w2, b2) - targets) / len(inputs)
    dz1 = np.maximum(0, dz2 @ w2)
    return dz1.T @ inputs, dz1.sum(axis=0, keepdims=True), dz2.T @ a1, dz2.sum(axis=0, keepdims=True)

# mistake: mlp_backward: w2: scores instead of activations
def mlp_backward(inputs, targets, w1, b1, w2, b2):
    z1 = inputs @ w1.T + b1
    dz2 = (mlp_probabilities(inputs, w1, b1, w2, b2) - targets) / len(inputs)
    dz1 = (dz2 @ w2) * (z1 > 0)
    return dz1.T @ inputs, dz1.sum(axis=0, keepdims=True), dz2.T @ z1, dz2.sum(axis=0, keepdims=True)

# mistake: mlp_backward: b2: mean instead of sum
def mlp_backward(inputs, targets, w1, b1, w2, b2):
    z1 = inputs @ w1.T + b1
    dz2 = (mlp_probabilities(inputs, w1, b1, w2, b2) - targets) / len(inputs)
    dz1 = (dz2 @ w2) * (z1 > 0)
    return dz1.T @ inputs, dz1.sum(axis=0, keepdims=True), dz2.T @ np.maximum(0, z1), dz2.mean(axis=0, keepdims=True)

# mistake: mlp_backward: b1: shape
def mlp_backward(inputs, targets, w1, b1, w2, b2):
    z1 = inputs @ w1.T + b1
    dz2 = (mlp_probabilities(inputs, w1, b1, w2, b2) - targets) / len(inputs)
    dz1 = (dz2 @ w2) * (z1 > 0)
    return dz1.T @ inputs, dz1.sum(axis=0), dz2.T @ np.maximum(0, z1), dz2.sum(axis=0, keepdims=True)

# mistake: convolution_backward: filters: filters turned round
def convolution_backward(image, filters, output_gradient):
    k = filters.shape[-1]
    image_gradient, filter_gradient = np.zeros_like(image), np.zeros_like(filters)
    for i in range(output_gradient.shape[1]):
        for j in range(output_gradient.shape[2]):
            gradient = output_gradient[:, i, j].reshape(-1, 1, 1, 1)
            filter_gradient += gradient * image[:, i:i + k, j:j + k]
            image_gradient[:, i:i + k, j:j + k] += (gradient * filters).sum(axis=0)
    return image_gradient, filter_gradient[:, :, ::-1, ::-1], output_gradient.sum(axis=(1, 2))

# mistake: convolution_backward: image: filters turned round
def convolution_backward(image, filters, output_gradient):
    k = filters.shape[-1]
    image_gradient, filter_gradient = np.zeros_like(image), np.zeros_like(filters)
    for i in range(output_gradient.shape[1]):
        for j in range(output_gradient.shape[2]):
            gradient = output_gradient[:, i, j].reshape(-1, 1, 1, 1)
            filter_gradient += gradient * image[:, i:i + k, j:j + k]
            image_gradient[:, i:i + k, j:j + k] += (gradient * filters[:, :, ::-1, ::-1]).sum(axis=0)
    return image_gradient, filter_gradient, output_gradient.sum(axis=(1, 2))

# mistake: convolution_backward: bias: mean instead of sum
def convolution_backward(image, filters, output_gradient):
    k = filters.shape[-1]
    image_gradient, filter_gradient = np.zeros_like(image), np.zeros_like(filters)
    for i in range(output_gradient.shape[1]):
        for j in range(output_gradient.shape[2]):
            gradient = output_gradient[:, i, j].reshape(-1, 1, 1, 1)
            filter_gradient += gradient * image[:, i:i + k, j:j + k]
            image_gradient[:, i:i + k, j:j + k] += (gradient * filters).sum(axis=0)
    return image_gradient, filter_gradient, output_gradient.mean(axis=(1, 2))
