#!/usr/bin/env python3
"""200 random parameter sets of sklearn.datasets.make_classification.

The parameters and labels go to make_classification.json; the features, little-endian doubles row after
row and set after set, to make_classification.f64.
"""
import json
import math
import pathlib

import numpy as np
import sklearn
from sklearn.datasets import make_classification

N_SETS = 200


def draw_parameters(rng, index):
    """Parameters in scikit-learn's names; every tenth set has more than 30 informative columns."""
    n_classes = int(rng.integers(2, 6)) if rng.random() < 0.6 else 2
    n_clusters_per_class = int(rng.integers(1, 4))
    smallest = max(1, math.ceil(math.log2(n_classes * n_clusters_per_class)))
    n_informative = int(rng.integers(31, 36)) if index % 10 == 9 else smallest + int(rng.integers(0, 6))
    n_redundant, n_repeated = int(rng.integers(0, 4)), int(rng.integers(0, 3))
    n_features = n_informative + n_redundant + n_repeated + int(rng.integers(0, 4))
    n_samples = int(rng.integers(5, 40))
    weights = None
    if rng.random() < 0.4:
        shares = rng.dirichlet(np.ones(n_classes)).round(3)
        weights = [float(share) for share in shares[:-1]]
        if rng.random() < 0.5:
            weights.append(max(0.0, round(1.0 - sum(weights), 3)))
    per_column = lambda low, high: [round(float(x), 3) for x in rng.uniform(low, high, n_features)]
    shift = [0.0, round(float(rng.uniform(-2, 2)), 3), None, per_column(-2, 2)][rng.integers(0, 4)]
    scale = [1.0, round(float(rng.uniform(0.1, 9)), 3), None, per_column(0.1, 9)][rng.integers(0, 4)]
    return {
        "n_samples": n_samples,
        "n_features": n_features,
        "n_informative": n_informative,
        "n_redundant": n_redundant,
        "n_repeated": n_repeated,
        "n_classes": n_classes,
        "n_clusters_per_class": n_clusters_per_class,
        "weights": weights,
        "flip_y": [0.01, 0.0, 0.3, 1.0][rng.integers(0, 4)],
        "class_sep": round(float(rng.uniform(0.1, 3)), 3),
        "hypercube": bool(rng.random() < 0.7),
        "shift": shift,
        "scale": scale,
        "shuffle": bool(rng.random() < 0.8),
    }


def main():
    rng = np.random.default_rng(2026)
    sets, features = [], []
    while len(sets) < N_SETS:
        parameters = draw_parameters(rng, len(sets))
        seed = int(rng.integers(0, 2**32))
        X, y = make_classification(**parameters, random_state=seed)
        sets.append({"seed": seed, "parameters": parameters, "labels": y.tolist()})
        features.append(X.astype("<f8").ravel())
    here = pathlib.Path(__file__)
    here.with_suffix(".json").write_text(
        json.dumps({"scikit-learn": sklearn.__version__, "numpy": np.__version__, "sets": sets}) + "\n"
    )
    here.with_suffix(".f64").write_bytes(np.concatenate(features).tobytes())


if __name__ == "__main__":
    main()
