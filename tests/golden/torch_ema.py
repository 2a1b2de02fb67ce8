#!/usr/bin/env python3
"""Twenty updates of a network with batch norm in PyTorch, in f64, on the data of cases/optimizers.toml, with an exponential
moving average of its weights and running means: the average at the end, and the plain cross-entropy of both parts with it."""
import copy
import json
import pathlib
import tomllib

import torch
from torch.nn.functional import cross_entropy

import curves

HERE = pathlib.Path(__file__).resolve().parent
UPDATES, RATE, MOMENTUM = 20, 0.1, 0.9
CASES = [{"decay": 0.9, "every": 1}, {"decay": 0.5, "every": 3}]
# Of the first linear layer, its batch norm, and the second linear layer.
NAMES = {"0": "layers.0", "1": "norms.0", "3": "layers.1"}


def network(config, n_features):
    sizes = [n_features, *config["model"]["hidden"], config["data"]["n_classes"]]
    net = torch.nn.Sequential(torch.nn.Linear(sizes[0], sizes[1]), torch.nn.BatchNorm1d(sizes[1]), torch.nn.Tanh(),
                              torch.nn.Linear(sizes[1], sizes[2])).double()
    layers = curves.initial_layers(sizes, config["model"]["init"], config["seed"])
    for layer, (weight, bias) in zip([net[0], net[3]], layers):
        layer.weight.data, layer.bias.data = torch.tensor(weight), torch.tensor(bias)
    return net


def run(case, config):
    Xtr, Xte, ytr, yte = (torch.tensor(array) for array in curves.synthetic(config["data"], config["seed"]))
    net = network(config, Xtr.shape[1])
    average = copy.deepcopy(net)
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM)
    for update in range(1, UPDATES + 1):
        optimizer.zero_grad()
        cross_entropy(net(Xtr), ytr).backward()
        optimizer.step()
        if update % case["every"] == 0:
            for mean, value in zip(average.state_dict().values(), net.state_dict().values()):
                if mean.is_floating_point():
                    mean.mul_(case["decay"]).add_(value, alpha=1 - case["decay"])
    average.eval()
    tensors = {f"{NAMES[name[0]]}{name[1:]}": tensor.flatten().tolist()
               for name, tensor in average.state_dict().items() if tensor.is_floating_point()}
    with torch.no_grad():
        return {**case, "tensors": tensors, "test_loss": cross_entropy(average(Xte), yte).item()}


def main():
    config = tomllib.loads((HERE / "cases" / "optimizers.toml").read_text())
    runs = [run(case, config) for case in CASES]
    (HERE / "torch_ema.json").write_text(
        json.dumps({"torch": torch.__version__, "updates": UPDATES, "learning_rate": RATE, "momentum": MOMENTUM, "runs": runs})
        + "\n")


if __name__ == "__main__":
    main()
