#!/usr/bin/env python3
"""Losses of SGD on a linear softmax classifier while the learning rate grows exponentially, in NumPy, in f64, with the smoothing,
the stop and the suggestion of fastai's `lr_find` (`steep`)."""
import json
import pathlib

import numpy as np
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

HERE = pathlib.Path(__file__).resolve().parent
BETA = 0.98


def batches(n, size, seed):
    """The rows of each batch of each epoch, in the order of one generator."""
    random = np.random.RandomState(seed)
    while True:
        order = random.permutation(n)
        yield from (order[start : start + size] for start in range(0, n, size))


def losses(inputs, labels, size, seed, rates):
    n_classes = labels.max() + 1
    weight, bias = np.zeros((inputs.shape[1], n_classes)), np.zeros(n_classes)
    found = []
    for rate, rows in zip(rates, batches(len(labels), size, seed)):
        x, y = inputs[rows], labels[rows]
        logits = x @ weight + bias
        logits -= logits.max(axis=1, keepdims=True)
        log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        found.append(-log_p[np.arange(len(y)), y].mean())
        gradient = (np.exp(log_p) - np.eye(n_classes)[y]) / len(y)
        weight -= rate * x.T @ gradient
        bias -= rate * gradient.sum(axis=0)
    return found


def curve(rates, found):
    """fastai's smoothed losses until the stop, and its suggestion `steep`."""
    total, least, smoothed = 0.0, np.inf, []
    for index, loss in enumerate(found):
        total = BETA * total + (1 - BETA) * loss
        smoothed.append(total / (1 - BETA ** (index + 1)))
        least = min(least, smoothed[-1])
        if smoothed[-1] > 4 * least:
            break
    first, last = len(rates) // 10, len(smoothed) - 5
    slopes = np.diff(smoothed[first:last]) / np.diff(np.log(rates[first:last]))
    return smoothed, rates[first + int(slopes.argmin())]


def main():
    features, labels = make_classification(n_samples=200, n_features=6, n_informative=4, n_redundant=0, n_classes=3,
                                           random_state=42)
    train, _, y, _ = train_test_split(features, labels, test_size=0.25, random_state=42)
    cases = []
    for start, end, updates in [(1e-3, 10.0, 60), (1e-6, 1.0, 100), (1e-2, 1e6, 80)]:
        rates = np.geomspace(start, end, updates)
        found = losses(train, y, 20, 42, rates)
        smoothed, suggestion = curve(rates, found)
        cases.append({"from": start, "to": end, "updates": updates, "rates": rates[: len(smoothed)].tolist(),
                      "losses": found[: len(smoothed)], "smoothed": smoothed, "suggestion": suggestion})
    (HERE / "find_rate.json").write_text(json.dumps({"numpy": np.__version__, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
