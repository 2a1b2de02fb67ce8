#!/usr/bin/env python3
"""Rows chosen by sklearn.model_selection.train_test_split, plain and stratified."""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.model_selection import train_test_split


def main():
    rng = np.random.default_rng(7)
    cases = []
    while len(cases) < 80:
        n = int(rng.integers(6, 90))
        n_classes = int(rng.integers(2, 6))
        labels = rng.choice(n_classes, n, p=rng.dirichlet(np.ones(n_classes) * 3))
        test_size = [0.2, 0.25, 0.33, round(float(rng.uniform(0.05, 0.95)), 3), int(rng.integers(1, n))][len(cases) % 5]
        stratify = len(cases) % 2 == 1
        seed = int(rng.integers(0, 2**32))
        try:
            train, test = train_test_split(
                np.arange(n), test_size=test_size, random_state=seed, stratify=labels if stratify else None
            )
        except ValueError:
            continue
        cases.append({"labels": labels.tolist(), "test_size": test_size, "stratify": stratify, "seed": seed,
                      "train_rows": train.tolist(), "test_rows": test.tolist()})
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps({"scikit-learn": sklearn.__version__, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
