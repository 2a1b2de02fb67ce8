#!/usr/bin/env python3
"""Losses and weights of PyTorch's runs on the data of cases/optimizers.toml, in f64, in batches in order, by losses with
class weights and label smoothing; and the plain cross-entropy of the test part at the end."""
import json
import pathlib
import tomllib

import torch
from torch.nn.functional import cross_entropy

import curves

HERE = pathlib.Path(__file__).resolve().parent
EPOCHS, RATE = 4, 0.5
CASES = [
    {"batch_size": 24, "class_weights": [0.2, 1.0, 5.0], "label_smoothing": 0.0},
    {"batch_size": 24, "class_weights": [3.0, 0.1, 1.0], "label_smoothing": 0.2},
    {"batch_size": 24, "class_weights": None, "label_smoothing": 0.3},
]


def forward(parameters, signal):
    for i in range(0, len(parameters), 2):
        signal = signal @ parameters[i].T + parameters[i + 1]
        signal = torch.tanh(signal) if i + 2 < len(parameters) else signal
    return signal


def run(case, config):
    Xtr, Xte, ytr, yte = (torch.tensor(array) for array in curves.synthetic(config["data"], config["seed"]))
    sizes = [Xtr.shape[1], *config["model"]["hidden"], config["data"]["n_classes"]]
    layers = curves.initial_layers(sizes, config["model"]["init"], config["seed"])
    parameters = [torch.tensor(array, requires_grad=True) for layer in layers for array in layer]
    optimizer, losses, passes = torch.optim.SGD(parameters, lr=RATE), [], []
    weights = case["class_weights"] and torch.tensor(case["class_weights"], dtype=torch.float64)
    smoothing, size = case["label_smoothing"], case["batch_size"]
    for _ in range(EPOCHS):
        total, weight = 0.0, 0.0
        for start in range(0, len(ytr), size):
            X, y = Xtr[start : start + size], ytr[start : start + size]
            loss = cross_entropy(forward(parameters, X), y, weight=weights, label_smoothing=smoothing)
            losses.append(loss.item())
            of_batch = len(y) if weights is None else weights[y].sum().item()
            total, weight = total + of_batch * loss.item(), weight + of_batch
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        passes.append(total / weight)
    return {**case, "losses": losses, "passes": passes, "test_loss": cross_entropy(forward(parameters, Xte), yte).item(),
            "weights": [p.detach().flatten().tolist() for p in parameters]}


def main():
    config = tomllib.loads((HERE / "cases" / "optimizers.toml").read_text())
    runs = [run(case, config) for case in CASES]
    (HERE / "torch_training.json").write_text(
        json.dumps({"torch": torch.__version__, "epochs": EPOCHS, "learning_rate": RATE, "runs": runs}) + "\n")


if __name__ == "__main__":
    main()
