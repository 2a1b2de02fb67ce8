#!/usr/bin/env python3
"""Four epochs of a network with batch norm in PyTorch, in f64, on the data of cases/optimizers.toml in batches in order, with
groups of parameters that have optimizers, learning rates and schedules of their own, or are frozen."""
import json
import pathlib
import tomllib

import torch
from torch.nn.functional import cross_entropy
from torch.optim import SGD, AdamW, lr_scheduler

import curves
from torch_ema import NAMES, network
from torch_optimizers import NormalizedMuon

HERE = pathlib.Path(__file__).resolve().parent
EPOCHS, BATCH_SIZE = 4, 23


def to_zero(optimizer, updates):
    return lr_scheduler.LambdaLR(optimizer, lambda update: 1 - update / updates)


def one_cycle(optimizer, updates):
    return lr_scheduler.OneCycleLR(optimizer, [group["lr"] for group in optimizer.param_groups], updates, cycle_momentum=False)


class Group:
    """Parameters, by their names here, and how they are trained: `make` makes the optimizer; without it they are frozen."""

    def __init__(self, selects, make=None, epochs=EPOCHS):
        self.selects, self.make, self.epochs = selects, make, epochs


CASES = [  # The lines from [training.optimizer] on, then the same here, the parameters without a group last.
    ("""kind = "sgd"
learning_rate = 0.2
momentum = 0.85
nesterov = true
weight_decay = 0.01
[[training.optimizer.groups]]
layers = ["linear"]
tensors = "weight"
names = ["*.0.*"]
kind = "muon"
learning_rate = 0.24
momentum = 0.6
normalize_weights = true
newton_schulz_steps = 3
weight_decay = 0.0
[[training.optimizer.groups]]
tensors = "bias"
learning_rate = 0.05
weight_decay = 0.1
[training.schedule]
linear = { end = 0.0 }
""", None, to_zero, [
        Group(lambda name: name == "layers.0.weight", lambda p: NormalizedMuon(p, lr=0.24, momentum=0.6, nesterov=True, steps=3)),
        Group(lambda name: name.endswith("bias"), lambda p: SGD(p, lr=0.05, momentum=0.85, nesterov=True, weight_decay=0.1)),
        Group(lambda name: True, lambda p: SGD(p, lr=0.2, momentum=0.85, nesterov=True, weight_decay=0.01))]),
    ("""kind = "adamw"
learning_rate = 0.02
clip_norm = 0.3
[[training.optimizer.groups]]
names = ["layers.0.weight", "norms.*"]
frozen = true
[[training.optimizer.groups]]
layers = ["batch-norm", "linear"]
tensors = "bias"
kind = "sgd"
learning_rate = 0.5
epochs = 2
[training.schedule]
one_cycle = {}
""", 0.3, one_cycle, [
        Group(lambda name: name == "layers.0.weight" or name.startswith("norms.")),
        Group(lambda name: name.endswith("bias"), lambda p: SGD(p, lr=0.5), epochs=2),
        Group(lambda name: True, lambda p: AdamW(p, lr=0.02, weight_decay=0.01))]),
]


def run(lines, max_norm, schedule, groups, config):
    Xtr, Xte, ytr, yte = (torch.tensor(array) for array in curves.synthetic(config["data"], config["seed"]))
    net = network(config, Xtr.shape[1])
    named = {f"{NAMES[name[0]]}{name[1:]}": parameter for name, parameter in net.named_parameters()}
    updates_per_epoch = -(-len(ytr) // BATCH_SIZE)
    trained, free = [], dict(named)
    for group in groups:
        parameters = [free.pop(name) for name in list(free) if group.selects(name)]
        if group.make:
            optimizer = group.make(parameters)
            total = group.epochs * updates_per_epoch
            trained.append((parameters, optimizer, Rates(optimizer, schedule, total), total))
    losses, update = [], 0
    for _ in range(EPOCHS):
        for start in range(0, len(ytr), BATCH_SIZE):
            loss = cross_entropy(net(Xtr[start : start + BATCH_SIZE]), ytr[start : start + BATCH_SIZE])
            losses.append(loss.item())
            net.zero_grad()
            loss.backward()
            changing = [group for group in trained if update < group[3]]
            if max_norm:
                torch.nn.utils.clip_grad_norm_([p for parameters, *_ in changing for p in parameters], max_norm)
            for _, optimizer, rates, _ in changing:
                rates.set(update)
                optimizer.step()
            update += 1
    tensors = {f"{NAMES[name[0]]}{name[1:]}": tensor.flatten().tolist()
               for name, tensor in net.state_dict().items() if tensor.is_floating_point()}
    return {"optimizer": lines, "losses": losses, "tensors": tensors}


class Rates:
    """The rates of a scheduler over a number of updates, which are set one by one."""

    def __init__(self, optimizer, schedule, updates):
        self.optimizer = optimizer
        rate = optimizer.lr if isinstance(optimizer, NormalizedMuon) else optimizer.param_groups[0]["lr"]
        other = SGD([torch.zeros(1, requires_grad=True)], lr=rate)
        scheduler, self.rates = schedule(other, updates), []
        for update in range(updates):
            self.rates.append(other.param_groups[0]["lr"])
            other.step()
            if update + 1 < updates:
                scheduler.step()

    def set(self, update):
        if isinstance(self.optimizer, NormalizedMuon):
            self.optimizer.lr = self.rates[update]
        else:
            self.optimizer.param_groups[0]["lr"] = self.rates[update]


def main():
    config = tomllib.loads((HERE / "cases" / "optimizers.toml").read_text())
    runs = [run(*case, config) for case in CASES]
    (HERE / "torch_groups.json").write_text(
        json.dumps({"torch": torch.__version__, "epochs": EPOCHS, "batch_size": BATCH_SIZE, "runs": runs}) + "\n")


if __name__ == "__main__":
    main()
