#!/usr/bin/env python3
"""Draws of numpy.random.RandomState, several kinds in one stream, for several seeds."""
import json
import pathlib

import numpy as np

SEEDS = [0, 1, 7, 42, 1234567, 2**31, 2**32 - 1]
RANGES = [(0, 1), (0, 2), (-5, 6), (0, 2**32 - 1), (0, 2**32), (0, 2**32 + 1), (-(2**63), 2**63 - 1), (10, 2**40)]


def stream(seed):
    rs = np.random.RandomState(seed)
    return {
        "seed": seed,
        "random_sample": rs.random_sample(700).tolist(),
        "first_normals": [rs.standard_normal() for _ in range(5)],
        "uniform": rs.uniform(-3.0, 8.5, 11).tolist(),
        "normals_after_uniforms": rs.randn(8).tolist(),
        "randint": [[low, high, rs.randint(low, high, dtype=np.int64).item()] for low, high in RANGES * 3],
        "permutation": rs.permutation(97).tolist(),
        "shuffled": shuffled(rs, 31),
        "choice_without_replacement": rs.choice(300, 40, replace=False).tolist(),
        "choice_with_replacement": rs.choice(300, 40, replace=True).tolist(),
        "choice_of_one": rs.choice(1, 3, replace=True).tolist(),
        "last": rs.random_sample(3).tolist(),
    }


def shuffled(rs, n):
    values = np.arange(n)
    rs.shuffle(values)
    return values.tolist()


if __name__ == "__main__":
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps({"numpy": np.__version__, "streams": [stream(seed) for seed in SEEDS]}) + "\n")
