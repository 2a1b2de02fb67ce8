#!/usr/bin/env python3
"""scikit-learn's scores for random predictions, some with ties, absent classes and classes never predicted."""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn import metrics


def case(rng, n, k, absent=None):
    labels = rng.integers(0, k, n)
    if absent is not None:
        labels[labels == absent] = (absent + 1) % k
    probabilities = rng.dirichlet(np.ones(k), n)
    if k == 2:
        one = np.round(probabilities[:, 1], 1)
        probabilities = np.c_[1 - one, one]
    predictions = probabilities.argmax(1)
    classes = list(range(k))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        precision, recall, f1, support = metrics.precision_recall_fscore_support(
            labels, predictions, labels=classes, zero_division=0)
        macro = metrics.precision_recall_fscore_support(labels, predictions, average="macro", zero_division=0)
    return {
        "labels": labels.tolist(),
        "probabilities": probabilities.ravel().tolist(),
        "predictions": predictions.tolist(),
        "n_classes": k,
        "accuracy": metrics.accuracy_score(labels, predictions),
        "top_k": [[t, metrics.top_k_accuracy_score(labels, probabilities, k=t, labels=classes)] for t in (3, 5) if t < k],
        "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(), "support": support.tolist(),
        "macro": [float(x) for x in macro[:3]],
        "confusion_matrix": metrics.confusion_matrix(labels, predictions, labels=classes).tolist(),
        "auroc": metrics.roc_auc_score(labels, probabilities[:, 1]) if k == 2 and len(set(labels)) == 2 else None,
    }


def main():
    rng = np.random.default_rng(11)
    cases = [case(rng, 60, 2), case(rng, 7, 2), case(rng, 50, 3), case(rng, 80, 10), case(rng, 30, 6, absent=4),
             case(rng, 5, 2, absent=1), case(rng, 12, 10, absent=0)]
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps({"scikit-learn": sklearn.__version__, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
