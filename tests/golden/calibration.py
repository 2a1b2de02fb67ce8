"""Reliability diagrams from scikit-learn, for `calibration.json`: python calibration.py > calibration.json"""
import json
import sys

import numpy as np
from sklearn.calibration import calibration_curve

N_BINS = 10


def case(n_samples, sharpness, seed):
    random = np.random.RandomState(seed)
    confidences = random.beta(sharpness, 1.0, n_samples)
    right = random.uniform(size=n_samples) < 0.8 * confidences
    shares_right, mean_confidences = calibration_curve(right, confidences, n_bins=N_BINS, strategy="uniform")
    bins = np.minimum((confidences * N_BINS).astype(int), N_BINS - 1)
    error = sum(abs(confidences[bins == index].sum() - right[bins == index].sum()) for index in range(N_BINS)) / n_samples
    return {"confidences": confidences.tolist(), "right": right.tolist(), "mean_confidences": mean_confidences.tolist(),
            "shares_right": shares_right.tolist(), "expected_error": error}


json.dump({"cases": [case(500, 2.0, 0), case(200, 8.0, 1), case(50, 0.5, 2), case(3, 1.0, 3)]}, sys.stdout)
print()
