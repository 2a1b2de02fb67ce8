#!/usr/bin/env python3
"""The lab in NumPy, in f64: the losses, accuracies and weights that emberlab's runs must agree with.

Reads the experiments of configs/lab/ and of tests/golden/cases/, computes each as the lab's notebook
does, apart from networks with `kind = "layers"`, and writes curves.json. Experiments on CIFAR-10 read the set named by EMBERLAB_CIFAR10_DIR, or the
little one made here by `pixel_set`, where a case says `directory = "@pixels"`.
"""
import hashlib
import json
import math
import os
import pathlib
import tomllib

import numpy as np
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from sklearn.utils.class_weight import compute_class_weight

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
    return [initial_layer(n_inputs, n_outputs, init, rs) for n_inputs, n_outputs in zip(sizes, sizes[1:])]


def initial_layer(n_inputs, n_outputs, init, rs):
    if init["scheme"] == "augmented-normal":
        theta = rs.randn(n_inputs + 1, n_outputs) * init["std"]
        return [theta[1:].T.copy(), theta[0].copy()]
    if init["scheme"] == "normal":
        return [rs.randn(n_outputs, n_inputs) * init["std"], np.zeros(n_outputs)]
    if init["scheme"] == "pytorch":
        bound = np.sqrt(1 / n_inputs)
        return [rs.uniform(-bound, bound, (n_outputs, n_inputs)), rs.uniform(-bound, bound, n_outputs)]
    fan = {"kaiming-uniform": n_inputs, "xavier-uniform": n_inputs + n_outputs}[init["scheme"]]
    bound = np.sqrt(6 / fan)
    return [rs.uniform(-bound, bound, (n_outputs, n_inputs)), np.zeros(n_outputs)]


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


erf = np.vectorize(math.erf)
phi = lambda z: (1 + erf(z / np.sqrt(2))) / 2
ACTIVATIONS = {  # name: (function of z, derivative by z)
    "relu": (lambda z: np.maximum(0, z), lambda z: (z > 0) * 1.0),
    "leaky-relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1.0, 0.01)),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "gelu": (lambda z: z * phi(z), lambda z: phi(z) + z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)),
}


def forward(layers, X, activation, dropout=0.0, masks=None):
    """The input of each layer, each z before an activation, each dropout mask, and the logits."""
    inputs, zs, drawn = [], [], []
    for i, (W, b) in enumerate(layers):
        inputs.append(X)
        X = X @ W.T + b
        if i + 1 < len(layers):
            zs.append(X)
            X = ACTIVATIONS[activation][0](X)
            mask = np.ones_like(X)
            if masks is not None and dropout:
                mask = (masks.random_sample(X.shape) >= dropout) / (1 - dropout)
            drawn.append(mask)
            X = X * mask
    return inputs, zs, drawn, X


def score(logits, y, output, smoothing=0.0, weights=None):
    """Loss, accuracy and the derivative of the loss with respect to the logits, as torch.nn.functional.cross_entropy
    with `label_smoothing` and `weight` defines them; the sigmoid of z is the softmax of (0, z)."""
    z = logits if output == "softmax" else np.c_[np.zeros(len(y)), logits]
    k = z.shape[1]
    weights = np.ones(k) if weights is None else np.array(weights)
    p, t = softmax(z), weights * ((1 - smoothing) * np.eye(k)[y] + smoothing / k)
    W = weights[y].sum()
    loss = -(t * np.log(p)).sum() / W
    gradient = (p * t.sum(axis=1, keepdims=True) - t) / W
    right = p.argmax(1) == y if output == "softmax" else (p[:, 1] >= 0.5) == y
    return loss, right.mean(), gradient if output == "softmax" else gradient[:, 1:]


def backward(layers, inputs, zs, masks, gradient, activation):
    gradients = []
    for i in reversed(range(len(layers))):
        gradients.insert(0, [gradient.T @ inputs[i], gradient.sum(0)])
        gradient = gradient @ layers[i][0]
        if i:
            gradient = gradient * masks[i - 1] * ACTIVATIONS[activation][1](zs[i - 1])
    return gradients


class Optimizer:
    """The rules of torch.optim, as its documentation gives them."""

    def __init__(self, settings, schedule, updates):
        self.s, self.schedule, self.updates, self.state, self.t = settings, schedule, updates, {}, 0

    def rate(self):
        """The learning rate of update t, from 1."""
        rate, i = self.s["learning_rate"], self.t - 1
        if ramp := self.schedule.get("warmup"):
            rate *= min(1.0, ramp.get("start", 0.01) + (1 - ramp.get("start", 0.01)) * i / ramp["updates"])
        if ramp := self.schedule.get("cosine"):
            end = ramp.get("end", 0.0)
            rate *= end + (1 - end) * (1 + np.cos(np.pi * i / ramp.get("updates", self.updates))) / 2
        if step := self.schedule.get("step"):
            rate *= step.get("factor", 0.1) ** (i // step["every"])
        if exponential := self.schedule.get("exponential"):
            rate *= exponential["factor"] ** i
        return rate

    def clip(self, gradients):
        """All gradients, clipped by one norm over all of them, by the norm of each, or entry by entry."""
        norm = lambda arrays: np.sqrt(sum((array**2).sum() for array in arrays))
        if bound := self.s.get("clip_norm"):
            factor = min(1.0, bound / (norm([g for pair in gradients for g in pair]) + 1e-6))
            return [[g * factor for g in pair] for pair in gradients]
        if bound := self.s.get("clip_norm_per_parameter"):
            return [[g * min(1.0, bound / (norm([g]) + 1e-6)) for g in pair] for pair in gradients]
        value = self.s.get("clip_value", np.inf)
        return [[np.clip(g, -value, value) for g in pair] for pair in gradients]

    def update(self, key, value, gradient):
        s, lr = self.s, self.rate()
        kind = s.get("kind", "sgd")
        decay = s.get("weight_decay", 0.01 if kind == "adamw" else 0.0)
        if kind == "adamw":
            value = value * (1 - lr * decay)
        else:
            gradient = gradient + decay * value
        if kind in ("adam", "adamw"):
            (b1, b2), eps = s.get("betas", [0.9, 0.999]), s.get("epsilon", 1e-8)
            m, v = self.state.get(key, (0.0, 0.0))
            m, v = b1 * m + (1 - b1) * gradient, b2 * v + (1 - b2) * gradient**2
            self.state[key] = (m, v)
            return value - lr * (m / (1 - b1**self.t)) / (np.sqrt(v / (1 - b2**self.t)) + eps)
        if kind == "adagrad":
            self.state[key] = self.state.get(key, 0.0) + gradient**2
            return value - lr * gradient / (np.sqrt(self.state[key]) + s.get("epsilon", 1e-10))
        if kind == "rmsprop":
            alpha, eps = s.get("alpha", 0.99), s.get("epsilon", 1e-8)
            v, g, velocity = self.state.get(key, (0.0, 0.0, 0.0))
            v = alpha * v + (1 - alpha) * gradient**2
            spread = v
            if s.get("centered"):
                g = alpha * g + (1 - alpha) * gradient
                spread = v - g**2
            velocity = s.get("momentum", 0.0) * velocity + gradient / (np.sqrt(spread) + eps)
            self.state[key] = (v, g, velocity)
            return value - lr * velocity
        momentum = s.get("momentum", 0.0)
        if momentum:
            velocity = momentum * self.state[key] + gradient if key in self.state else gradient
            self.state[key] = velocity
            gradient = gradient + momentum * velocity if s.get("nesterov") else velocity
        return value - lr * gradient

    def step(self, layers, gradients):
        self.t += 1
        for i, (layer, gradient) in enumerate(zip(layers, self.clip(gradients))):
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
    shuffle = np.random.RandomState(training.get("shuffle_seed", seed)) if training.get("shuffle") else None
    masks = np.random.RandomState(model.get("dropout_seed", seed))
    activation, dropout = model.get("activation", "relu"), model.get("dropout", 0.0)
    weights = training.get("class_weights")
    if weights == "balanced":
        weights = compute_class_weight("balanced", classes=np.unique(ytr), y=ytr)
    objective = dict(output=output, smoothing=training.get("label_smoothing", 0.0), weights=weights)
    every, l1 = training.get("accumulate", 1), training.get("l1", 0.0)
    updates = training["epochs"] * -(-len(batches(len(ytr), training, None)) // every)
    optimizer = Optimizer(training["optimizer"], training.get("schedule", {}), updates)
    losses, accuracies = [], []
    for _ in range(training["epochs"]):
        epoch = batches(len(ytr), training, shuffle)
        for start in range(0, len(epoch), every):
            total, total_weight, count, loss, accuracy = None, 0.0, 0, 0.0, 0.0
            for rows in epoch[start : start + every]:
                inputs, zs, drawn, logits = forward(layers, Xtr[rows], activation, dropout, masks)
                batch_loss, batch_accuracy, gradient = score(logits, ytr[rows], **objective)
                gradients = backward(layers, inputs, zs, drawn, gradient, activation)
                weight = len(rows) if weights is None else np.array(weights)[ytr[rows]].sum()
                gradients = [[(dW + l1 * np.sign(W)) * weight, db * weight]
                             for (dW, db), (W, _) in zip(gradients, layers)]
                total = gradients if total is None else [[a + b for a, b in zip(*pair)] for pair in zip(total, gradients)]
                total_weight, count = total_weight + weight, count + len(rows)
                loss, accuracy = loss + batch_loss * weight, accuracy + batch_accuracy * len(rows)
            losses.append(round(float(loss / total_weight), 7))
            accuracies.append(round(float(accuracy / count), 7))
            optimizer.step(layers, [[g / total_weight for g in pair] for pair in total])
    # The test part is scored by the plain cross-entropy.
    test_loss, test_accuracy, _ = score(forward(layers, Xte, activation)[-1], yte, output)
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
        if config["model"]["kind"] == "layers":
            continue  # Convolutions are compared with PyTorch.
        curves[path.relative_to(ROOT).as_posix()] = run(config)
    records = pathlib.Path(os.environ["EMBERLAB_CIFAR10_DIR"]) / "cifar-10-batches-bin" / "data_batch_1.bin"
    digest = hashlib.sha256(records.read_bytes()).hexdigest()
    (HERE / "curves.json").write_text(
        json.dumps({"numpy": np.__version__, "data_batch_1.bin": digest, "curves": curves}) + "\n"
    )


if __name__ == "__main__":
    main()
