#!/usr/bin/env python3
"""The epochs at which Keras's EarlyStopping stops and whose weights it keeps, for 400 random sequences of a score.

Scores, `min_delta` and `baseline` are multiples of 1/64, so that they are equal in f32 and f64.
"""
import json
import os
import pathlib
import random

os.environ["KERAS_BACKEND"] = "torch"
import keras  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


class Model:
    """A model whose weights are the number of the epoch."""

    def __init__(self):
        self.stop_training, self.weights = False, None

    def get_weights(self):
        return self.weights

    def set_weights(self, weights):
        self.weights = weights


def course(case):
    model = Model()
    stopping = keras.callbacks.EarlyStopping(
        monitor="score", mode="max" if case["accuracy"] else "min", patience=case["patience"],
        min_delta=case["min_delta"], baseline=case["baseline"], restore_best_weights=True)
    stopping.set_model(model)
    stopping.on_train_begin()
    for epoch, score in enumerate(case["scores"]):
        model.weights = epoch + 1
        stopping.on_epoch_end(epoch, {"score": score / 64})
        if model.stop_training:
            break
    return {**case, "last": epoch + 1, "stopped": model.stop_training, "best": stopping.best_weights}


def main():
    draw = random.Random(5)
    cases = []
    for _ in range(400):
        scores = [draw.randint(8, 24)]
        for _ in range(draw.randint(1, 24)):
            scores.append(min(max(scores[-1] + draw.randint(-3, 3), 0), 64))
        cases.append(course({
            "accuracy": draw.random() < 0.5, "scores": scores, "patience": draw.randint(1, 4),
            "min_delta": draw.choice([0, 0, 1, 2]) / 64,
            "baseline": draw.choice([None, None, draw.randint(4, 28) / 64])}))
    (HERE / "early_stopping.json").write_text(json.dumps({"keras": keras.__version__, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
