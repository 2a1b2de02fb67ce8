#!/usr/bin/env python3
"""The lab in NumPy, in f64: the losses, accuracies and weights that emberlab's runs must agree with.

Reads the experiments of configs/lab/ and of tests/golden/cases/, computes each as the lab's notebook
does, and writes curves.json. Experiments on CIFAR-10 read the set named by EMBERLAB_CIFAR10_DIR, or the
little one made here by `pixel_set`, where a case says `directory = "@pixels"`.
"""
import hashlib
import json
import os
import pathlib
import tomllib

import numpy as np
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
GENERATOR_KEYS = ["n_samples", "n_features", "n_informative", "n_redundant", "n_repeated", "n_classes",
                  "n_clusters_per_class", "weights", "flip_y", "class_sep", "hypercube", "shift", "scale", "shuffle"]


def pixel_set(n, rs):
    """`n` labels and images of random bytes, drawn label by label and pixel by pixel."""
    labels, pixels = [], []
    for _ in range(n):
        labels.append(rs.randint(0, 10))
        pixels.append(rs.randint(0, 256, size=3072))
    return np.array(pixels, dtype=np.float64), np.array(labels)


def read_records(folder, pattern):
    raw = np.concatenate([np.fromfile(p, dtype=np.uint8) for p in sorted(folder.glob(pattern))]).reshape(-1, 3073)
    return raw[:, 1:].astype(np.float64), raw[:, 0].astype(int)


def cifar10(data, seed):
    if data["directory"] == "@pixels":
        rs = np.random.RandomState(2026)
        (train, train_labels), (test, test_labels) = pixel_set(60, rs), pixel_set(25, rs)
    else:
        folder = pathlib.Path(os.environ["EMBERLAB_CIFAR10_DIR"]) / "cifar-10-batches-bin"
        (train, train_labels) = read_records(folder, "data_batch_*.bin")
        (test, test_labels) = read_records(folder, "test_batch.bin")
    rs = np.random.RandomState(data.get("seed", seed))
    i = rs.choice(len(train), data["train_samples"], replace=False)
    j = rs.choice(len(test), data["test_samples"], replace=False)
    return train[i] / 255, test[j] / 255, train_labels[i], test_labels[j]


def synthetic(data, seed):
    parameters = {key: data[key] for key in GENERATOR_KEYS if key in data}
    X, y = make_classification(**parameters, random_state=data.get("seed", seed))
    return train_test_split(X, y, test_size=data.get("test_size", 0.25), random_state=data.get("split_seed", seed),
                            stratify=y if data.get("stratify") else None)


def initial_layers(sizes, init, seed):
    """[W, b] of each layer, W as [out, in]."""
    rs = np.random.RandomState(init.get("seed", seed))
    layers = []
    for n_inputs, n_outputs in zip(sizes, sizes[1:]):
        if init["scheme"] == "augmented-normal":
            theta = rs.randn(n_inputs + 1, n_outputs) * init["std"]
            layers.append([theta[1:].T.copy(), theta[0].copy()])
        elif init["scheme"] == "normal":
            layers.append([rs.randn(n_outputs, n_inputs) * init["std"], np.zeros(n_outputs)])
        else:
            fan = {"kaiming-uniform": n_inputs, "xavier-uniform": n_inputs + n_outputs}[init["scheme"]]
            bound = np.sqrt(6 / fan)
            layers.append([rs.uniform(-bound, bound, (n_outputs, n_inputs)), np.zeros(n_outputs)])
    return layers


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def forward(layers, X):
    """The input of each layer, and the logits."""
    inputs = []
    for i, (W, b) in enumerate(layers):
        inputs.append(X)
        X = X @ W.T + b
        if i + 1 < len(layers):
            X = np.maximum(0, X)
    return inputs, X


def score(logits, y, output):
    """Loss, accuracy and the derivative of the loss with respect to the logits."""
    if output == "softmax":
        p = softmax(logits)
        loss = -np.log(p[np.arange(len(y)), y]).mean()
        return loss, (p.argmax(1) == y).mean(), (p - np.eye(logits.shape[1])[y]) / len(y)
    p, t = 1 / (1 + np.exp(-logits)), y.reshape(-1, 1)
    loss = -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean()
    return loss, ((p[:, 0] >= 0.5) == y).mean(), (p - t) / len(y)


def backward(layers, inputs, gradient):
    gradients = []
    for i in reversed(range(len(layers))):
        gradients.insert(0, [gradient.T @ inputs[i], gradient.sum(0)])
        gradient = (gradient @ layers[i][0]) * (inputs[i] > 0)
    return gradients


class Optimizer:
    """SGD and Adam as torch.optim documents them."""

    def __init__(self, settings):
        self.s, self.state, self.t = settings, {}, 0

    def update(self, key, value, gradient):
        s = self.s
        lr = s["learning_rate"]
        gradient = gradient + s.get("weight_decay", 0.0) * value
        if s.get("kind", "sgd") == "adam":
            (b1, b2), eps = s.get("betas", [0.9, 0.999]), s.get("epsilon", 1e-8)
            m, v = self.state.get(key, (0.0, 0.0))
            m, v = b1 * m + (1 - b1) * gradient, b2 * v + (1 - b2) * gradient**2
            self.state[key] = (m, v)
            return value - lr * (m / (1 - b1**self.t)) / (np.sqrt(v / (1 - b2**self.t)) + eps)
        momentum = s.get("momentum", 0.0)
        if momentum:
            velocity = momentum * self.state[key] + gradient if key in self.state else gradient
            self.state[key] = velocity
            gradient = gradient + momentum * velocity if s.get("nesterov") else velocity
        return value - lr * gradient

    def step(self, layers, gradients):
        self.t += 1
        for i, (layer, gradient) in enumerate(zip(layers, gradients)):
            for j in range(2):
                layer[j] = self.update((i, j), layer[j], gradient[j])


def batches(n, training, shuffle):
    size = training.get("batch_size", "full")
    order = shuffle.permutation(n) if shuffle else np.arange(n)
    if size == "full":
        return [order] * training.get("iterations_per_epoch", 1)
    return [order[start : start + size] for start in range(0, n, size)]


def run(config):
    seed, data, model, training = config["seed"], config["data"], config["model"], config["training"]
    load = {"synthetic": synthetic, "cifar10": cifar10}[data["source"]]
    Xtr, Xte, ytr, yte = load(data, seed)
    output = model.get("output", "softmax")
    n_outputs = 1 if output == "sigmoid" else 10 if data["source"] == "cifar10" else data.get("n_classes", 2)
    layers = initial_layers([Xtr.shape[1], *model.get("hidden", []), n_outputs], model["init"], seed)
    optimizer = Optimizer(training["optimizer"])
    shuffle = np.random.RandomState(training.get("shuffle_seed", seed)) if training.get("shuffle") else None
    losses, accuracies = [], []
    for _ in range(training["epochs"]):
        for rows in batches(len(ytr), training, shuffle):
            inputs, logits = forward(layers, Xtr[rows])
            loss, accuracy, gradient = score(logits, ytr[rows], output)
            losses.append(round(float(loss), 7))
            accuracies.append(round(float(accuracy), 7))
            optimizer.step(layers, backward(layers, inputs, gradient))
    test_loss, test_accuracy, _ = score(forward(layers, Xte)[1], yte, output)
    small = sum(W.size for W, _ in layers) < 100
    return {
        "losses": losses,
        "accuracies": accuracies if len(accuracies) <= 400 else None,
        "test_loss": float(test_loss),
        "test_accuracy": float(test_accuracy),
        "weights": [{"weight": W.tolist(), "bias": b.tolist()} for W, b in layers] if small else None,
    }


def main():
    curves = {}
    for path in sorted([*(ROOT / "configs" / "lab").glob("*.toml"), *(HERE / "cases").glob("*.toml")]):
        config = tomllib.loads(path.read_text())
        curves[path.relative_to(ROOT).as_posix()] = run(config)
    records = pathlib.Path(os.environ["EMBERLAB_CIFAR10_DIR"]) / "cifar-10-batches-bin" / "data_batch_1.bin"
    digest = hashlib.sha256(records.read_bytes()).hexdigest()
    (HERE / "curves.json").write_text(
        json.dumps({"numpy": np.__version__, "data_batch_1.bin": digest, "curves": curves}) + "\n"
    )


if __name__ == "__main__":
    main()
