#!/usr/bin/env python3
"""The first update of the lab's stochastic runs in NumPy, in f64, number by number: sample, theta, scores,
probabilities, loss, derivative, and theta after one step. Row 0 of theta holds the biases."""
import json
import tomllib

import numpy as np

from curves import HERE, ROOT, softmax, synthetic


def first_update(config):
    seed, init = config["seed"], config["model"]["init"]
    X, _, y, _ = synthetic(config["data"], seed)
    x, label = np.r_[1.0, X[0]], int(y[0])
    binary = config["model"]["output"] == "sigmoid"
    k = 1 if binary else config["data"]["n_classes"]
    theta = np.random.RandomState(seed).randn(len(x), k) * init["std"]
    z = x @ theta
    p = 1 / (1 + np.exp(-z)) if binary else softmax(z[None])[0]
    target = np.array([float(label)]) if binary else np.eye(k)[label]
    likelihood = p[0] if binary and label else 1 - p[0] if binary else p[label]
    gradient = np.outer(x, p - target)
    updated = theta - config["training"]["optimizer"]["learning_rate"] * gradient
    return {
        "label": label, "x": x.tolist(), "theta": theta.ravel().tolist(), "z": z.tolist(), "p": p.tolist(),
        "likelihood": float(likelihood), "loss": float(-np.log(likelihood)), "difference": (p - target).tolist(),
        "gradient": gradient.ravel().tolist(), "updated": updated.ravel().tolist(),
    }


names = ["synthetic-softmax-sgd", "synthetic-binary-sgd"]
configs = [tomllib.loads((ROOT / "configs" / "lab" / f"{name}.toml").read_text()) for name in names]
(HERE / "worked_example.json").write_text(json.dumps([first_update(config) for config in configs]) + "\n")
