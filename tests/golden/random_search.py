"""Settings drawn by scikit-learn's `ParameterSampler`, as `emberlab sweep --random` draws them where keys have ranges."""
import json
import pathlib

from scipy.stats import loguniform, randint, uniform
from sklearn.model_selection import ParameterSampler

# Keys in another order than that of their names, in which scikit-learn draws them.
SPACE = {
    "training.optimizer.learning_rate": loguniform(1e-4, 1e-1),
    "model.hidden": ["[4]", "[8]", "[8,4]"],
    "training.batch_size": randint(8, 65),
    "training.optimizer.momentum": uniform(0.5, 0.45),
}


def main():
    drawn = {seed: [{key: point[key] if isinstance(point[key], str) else float(point[key]) for key in SPACE}
                    for point in ParameterSampler(SPACE, 12, random_state=seed)] for seed in [0, 42]}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(drawn, indent=1) + "\n")


main()
