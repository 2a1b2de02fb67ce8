#!/usr/bin/env python3
"""Rows of each fold of sklearn.model_selection.StratifiedKFold, shuffled."""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.model_selection import StratifiedKFold


def main():
    rng = np.random.default_rng(11)
    cases = []
    while len(cases) < 60:
        n = int(rng.integers(6, 120))
        n_classes = int(rng.integers(2, 6))
        labels = rng.choice(n_classes, n, p=rng.dirichlet(np.ones(n_classes) * 3))
        folds = int(rng.integers(2, 8))
        if np.bincount(labels)[np.unique(labels)].min() < folds:
            continue
        seed = int(rng.integers(0, 2**32))
        splitter = StratifiedKFold(n_splits=folds, shuffle=True, random_state=seed)
        rows = [held_out.tolist() for _, held_out in splitter.split(np.zeros(n), labels)]
        cases.append({"labels": labels.tolist(), "seed": seed, "rows": rows})
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps({"scikit-learn": sklearn.__version__, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
