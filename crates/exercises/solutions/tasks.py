"""The functions of the exercises. Rows are samples, and each loss is a mean over the samples."""
import numpy as np

# The smallest probability that a loss takes the logarithm of.
EPSILON = 1e-15


def sigmoid(z):
    """The sigmoid of each number of z."""
    return 1 / (1 + np.exp(-z))


def softmax(z):
    """The softmax of each row of z, (m, K); also for scores as large as 1000."""
    exponentials = np.exp(z - z.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def binary_cross_entropy(labels, probabilities):
    """The binary cross-entropy of labels 0 or 1 and probabilities of class 1, both (m, 1).

    Probabilities are clipped to EPSILON and 1 - EPSILON.
    """
    p = np.clip(probabilities, EPSILON, 1 - EPSILON)
    return -np.sum(labels * np.log(p) + (1 - labels) * np.log(1 - p)) / len(labels)


def cross_entropy(targets, probabilities):
    """The categorical cross-entropy of one-hot targets and probabilities, both (m, K). Probabilities are clipped as above."""
    p = np.clip(probabilities, EPSILON, 1 - EPSILON)
    return -np.sum(targets * np.log(p)) / len(targets)


def sigmoid_derivative(z):
    """The derivative of the sigmoid at each number of z."""
    p = sigmoid(z)
    return p * (1 - p)


def softmax_derivative(z):
    """The derivatives of the softmax of one row z, (1, K): entry [i, j] of (K, K) is that of probability i by score j."""
    p = softmax(z)[0]
    return np.diag(p) - np.outer(p, p)


def binary_cross_entropy_derivative(labels, probabilities):
    """The derivative of the binary cross-entropy by each probability, (m, 1)."""
    return ((1 - labels) / (1 - probabilities) - labels / probabilities) / len(labels)


def cross_entropy_derivative(targets, probabilities):
    """The derivative of the categorical cross-entropy by each probability, (m, K)."""
    return -targets / probabilities / len(targets)


def linear_gradient(inputs, targets, probabilities):
    """The derivative of the loss by the weights of a linear classifier, (n + 1, K).

    Inputs have a column of ones, (m, n + 1); targets and probabilities are (m, K).
    """
    return inputs.T @ (probabilities - targets) / len(inputs)


def update(theta, gradient, learning_rate):
    """The weights after one step of gradient descent."""
    return theta - learning_rate * gradient


def mlp_probabilities(inputs, w1, b1, w2, b2):
    """The probabilities of each class, (m, K), by a network with one hidden layer of ReLU. Given."""
    return softmax(np.maximum(0, inputs @ w1.T + b1) @ w2.T + b2)


def mlp_backward(inputs, targets, w1, b1, w2, b2):
    """The derivatives of the loss of a network with one hidden layer of ReLU.

    Inputs are (m, n), one-hot targets (m, K). Returns those by w1 (h, n), b1 (1, h), w2 (K, h) and b2 (1, K), in this order.
    """
    z1 = inputs @ w1.T + b1
    a1 = np.maximum(0, z1)
    probabilities = mlp_probabilities(inputs, w1, b1, w2, b2)
    dz2 = (probabilities - targets) / len(inputs)
    dz1 = (dz2 @ w2) * (z1 > 0)
    return dz1.T @ inputs, dz1.sum(axis=0, keepdims=True), dz2.T @ a1, dz2.sum(axis=0, keepdims=True)


def convolution(image, filters, bias):
    """A convolution as networks have it, without padding, by steps of one pixel. Given.

    Image (C, H, W), filters (F, C, k, k), bias (F,); returns (F, H - k + 1, W - k + 1).
    """
    k = filters.shape[-1]
    height, width = image.shape[1] - k + 1, image.shape[2] - k + 1
    output = np.empty((len(filters), height, width))
    for i in range(height):
        for j in range(width):
            output[:, i, j] = (filters * image[:, i:i + k, j:j + k]).sum(axis=(1, 2, 3)) + bias
    return output


def convolution_backward(image, filters, output_gradient):
    """The derivatives of a loss by the image, the filters and the bias of a convolution, in this order.

    The last argument is the derivative of the loss by the output of the convolution.
    """
    k = filters.shape[-1]
    image_gradient, filter_gradient = np.zeros_like(image), np.zeros_like(filters)
    for i in range(output_gradient.shape[1]):
        for j in range(output_gradient.shape[2]):
            gradient = output_gradient[:, i, j].reshape(-1, 1, 1, 1)
            filter_gradient += gradient * image[:, i:i + k, j:j + k]
            image_gradient[:, i:i + k, j:j + k] += (gradient * filters).sum(axis=0)
    return image_gradient, filter_gradient, output_gradient.sum(axis=(1, 2))
