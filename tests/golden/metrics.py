#!/usr/bin/env python3
"""scikit-learn's metrics of classifiers over batches of unequal size.

Logits are multiples of 1/4, so that some are equal. A case with one logit a sample is of a sigmoid.
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.metrics import accuracy_score, balanced_accuracy_score, top_k_accuracy_score

HERE = pathlib.Path(__file__).resolve().parent
METRICS = {
    "accuracy": lambda labels, scores, predictions, classes: accuracy_score(labels, predictions),
    "top-5 accuracy": lambda labels, scores, predictions, classes: top_k_accuracy_score(
        labels, scores, k=5, labels=classes),
    "mean per-class accuracy": lambda labels, scores, predictions, classes: balanced_accuracy_score(labels, predictions),
}


def case(draw, n_classes, n_outputs, sizes, classes):
    """`classes` are those that occur."""
    n_samples = sum(sizes)
    labels = draw.choice(classes, n_samples)
    logits = draw.integers(-8, 9, (n_samples, n_outputs)) / 4
    predictions = logits.argmax(1) if n_outputs > 1 else (logits[:, 0] >= 0).astype(int)
    # For two classes scikit-learn takes the score of the second one.
    scores = logits if n_classes > 2 else (logits[:, 1] - logits[:, 0] if n_outputs > 1 else logits[:, 0])
    names = np.arange(n_classes)
    values = {name: float(metric(labels, scores, predictions, names)) for name, metric in METRICS.items()}
    return {"n_classes": n_classes, "sizes": sizes, "logits": logits.ravel().tolist(), "labels": labels.tolist(),
            "values": values}


def main():
    warnings.simplefilter("ignore")
    draw = np.random.default_rng(16)
    cases = [
        case(draw, 2, 1, [7, 3, 1], [0, 1]),
        case(draw, 2, 2, [5, 9], [0, 1]),
        case(draw, 3, 3, [4, 1, 6, 2], [0, 2]),
        case(draw, 5, 5, [11, 3], range(5)),
        case(draw, 6, 6, [20, 13, 1], range(6)),
        case(draw, 10, 10, [32, 32, 5], range(10)),
        case(draw, 30, 30, [17, 64, 8], range(0, 30, 2)),
    ]
    (HERE / "metrics.json").write_text(json.dumps({"sklearn": sklearn.__version__, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
