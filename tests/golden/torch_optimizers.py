#!/usr/bin/env python3
"""The first ten steps of each of PyTorch's optimizers, in f64, on the data of cases/optimizers.toml, with betas that f32
cannot hold and with each way to clip too."""
import json
import pathlib
import tomllib

import numpy as np
import torch

import curves

HERE = pathlib.Path(__file__).resolve().parent
STEPS = 10
OPTIMIZERS = {  # the lines of [training.optimizer]: the same in PyTorch
    'kind = "sgd"\nlearning_rate = 0.1': lambda p: torch.optim.SGD(p, lr=0.1),
    'kind = "sgd"\nlearning_rate = 0.1\nmomentum = 0.9\nweight_decay = 0.02':
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.02),
    'kind = "sgd"\nlearning_rate = 0.1\nmomentum = 0.8\nnesterov = true':
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True),
    'kind = "adam"\nlearning_rate = 0.02\nweight_decay = 0.01': lambda p: torch.optim.Adam(p, lr=0.02, weight_decay=0.01),
    'kind = "adam"\nlearning_rate = 0.02\nbetas = [0.8, 0.95]\nepsilon = 1e-6':
        lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.8, 0.95), eps=1e-6),
    'kind = "adamw"\nlearning_rate = 0.02\nweight_decay = 0.3': lambda p: torch.optim.AdamW(p, lr=0.02, weight_decay=0.3),
    'kind = "rmsprop"\nlearning_rate = 0.01': lambda p: torch.optim.RMSprop(p, lr=0.01),
    'kind = "rmsprop"\nlearning_rate = 0.01\nmomentum = 0.7\ncentered = true\nalpha = 0.9':
        lambda p: torch.optim.RMSprop(p, lr=0.01, momentum=0.7, centered=True, alpha=0.9),
    'kind = "adagrad"\nlearning_rate = 0.05': lambda p: torch.optim.Adagrad(p, lr=0.05),
    'kind = "adam"\nlearning_rate = 0.02\nbetas = [0.9, 0.99999]': lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.9, 0.99999)),
    'kind = "adam"\nlearning_rate = 0.02\nbetas = [0.99995, 0.999999999]\nweight_decay = 0.01':
        lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.99995, 0.999999999), weight_decay=0.01),
    'kind = "adamw"\nlearning_rate = 0.02\nbetas = [0.9, 0.9999999]\nweight_decay = 0.3':
        lambda p: torch.optim.AdamW(p, lr=0.02, betas=(0.9, 0.9999999), weight_decay=0.3),
    'kind = "adamw"\nlearning_rate = 0.02\nbetas = [0.0, 0.99999999]': lambda p: torch.optim.AdamW(p, lr=0.02, betas=(0.0, 0.99999999)),
    'kind = "rmsprop"\nlearning_rate = 1e-5\nalpha = 0.9999999': lambda p: torch.optim.RMSprop(p, lr=1e-5, alpha=0.9999999),
    'kind = "rmsprop"\nlearning_rate = 1e-5\nalpha = 0.9999999\nmomentum = 0.7\ncentered = true\nweight_decay = 0.1':
        lambda p: torch.optim.RMSprop(p, lr=1e-5, alpha=0.9999999, momentum=0.7, centered=True, weight_decay=0.1),
    'kind = "sgd"\nlearning_rate = 0.1\nmomentum = 0.9\nweight_decay = 0.02\nclip_norm = 0.1':
        lambda p: Clipped(torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.02), p, 0.1),
    'kind = "adamw"\nlearning_rate = 0.02\nclip_norm = 0.3': lambda p: Clipped(torch.optim.AdamW(p, lr=0.02), p, 0.3),
    'kind = "muon"\nlearning_rate = 0.02\nclip_norm = 0.2': lambda p: Clipped(Muon(p, lr=0.02, weight_decay=0.01), p, 0.2),
    'kind = "sgd"\nlearning_rate = 0.1\nclip_norm = 100.0': lambda p: Clipped(torch.optim.SGD(p, lr=0.1), p, 100.0),
    'kind = "sgd"\nlearning_rate = 0.1\nclip_norm_per_parameter = 0.1':
        lambda p: Clipped(torch.optim.SGD(p, lr=0.1), p, 0.1, alone=True),
    'kind = "sgd"\nlearning_rate = 0.1\nclip_value = 0.02':
        lambda p: Clipped(torch.optim.SGD(p, lr=0.1), p, 0.02, clip=torch.nn.utils.clip_grad_value_),
    'kind = "muon"\nlearning_rate = 0.02': lambda p: Muon(p, lr=0.02, weight_decay=0.01),
    'kind = "muon"\nlearning_rate = 0.05\nmomentum = 0.8\nnesterov = false\nweight_decay = 0.0':
        lambda p: Muon(p, lr=0.05, weight_decay=0.0, momentum=0.8, nesterov=False),
    'kind = "muon"\nlearning_rate = 0.02\nnewton_schulz_steps = 2': lambda p: Muon(p, lr=0.02, weight_decay=0.01, steps=2),
    'kind = "muon"\nlearning_rate = 0.1\nmomentum = 0.6\nweight_decay = 0.0\nnormalize_weights = true\nnewton_schulz_steps = 3':
        lambda p: NormalizedMuon(p, lr=0.1, momentum=0.6, nesterov=True, steps=3),
    'kind = "muon"\nlearning_rate = 0.05\nmomentum = 0.9\nnesterov = false\nweight_decay = 0.0\nnormalize_weights = true':
        lambda p: NormalizedMuon(p, lr=0.05, momentum=0.9, nesterov=False, steps=5),
    'kind = "sgd"\nlearning_rate = 0.1\nmomentum = 0.9\nweight_decay = 0.2\nweight_decay_on = "weights"':
        lambda p: torch.optim.SGD(weights_and_biases(p, 0.2), lr=0.1, momentum=0.9),
    'kind = "adamw"\nlearning_rate = 0.02\nweight_decay = 0.5\nweight_decay_on = "weights"':
        lambda p: torch.optim.AdamW(weights_and_biases(p, 0.5), lr=0.02),
}


def weights_and_biases(parameters, weight_decay):
    """Groups in which only weights decay."""
    return [{"params": [p for p in parameters if p.ndim > 1], "weight_decay": weight_decay},
            {"params": [p for p in parameters if p.ndim == 1], "weight_decay": 0.0}]


class Clipped:
    """An optimizer that clips first: all parameters together, or each alone."""

    def __init__(self, optimizer, parameters, bound, alone=False, clip=torch.nn.utils.clip_grad_norm_):
        self.optimizer, self.bound, self.clip = optimizer, bound, clip
        self.groups = [[p] for p in parameters] if alone else [parameters]

    def zero_grad(self):
        self.optimizer.zero_grad()

    def step(self):
        for group in self.groups:
            self.clip(group, self.bound)
        self.optimizer.step()


class Muon:
    """PyTorch's Muon for matrices and its AdamW for biases. Muon rounds to bfloat16 on its way; here it must not."""

    def __init__(self, parameters, lr, weight_decay, momentum=0.95, nesterov=True, steps=5):
        matrices = [p for p in parameters if p.ndim > 1]
        self.both = [torch.optim.Muon(matrices, lr=lr, weight_decay=weight_decay, momentum=momentum, nesterov=nesterov,
                                      adjust_lr_fn="match_rms_adamw", ns_steps=steps),
                     torch.optim.AdamW([p for p in parameters if p.ndim == 1], lr=lr, weight_decay=weight_decay)]

    def zero_grad(self):
        for optimizer in self.both:
            optimizer.zero_grad()

    def step(self):
        rounded, torch.bfloat16 = torch.bfloat16, torch.float64
        for optimizer in self.both:
            optimizer.step()
        torch.bfloat16 = rounded


class NormalizedMuon:
    """The Muon of airbench94_muon.py (https://github.com/KellerJordan/cifar10-airbench) for matrices, without its rounding to
    bfloat16, and AdamW for biases."""

    def __init__(self, parameters, lr, momentum, nesterov, steps):
        self.matrices = [p for p in parameters if p.ndim > 1]
        self.lr, self.momentum, self.nesterov, self.steps = lr, momentum, nesterov, steps
        self.buffers = [torch.zeros_like(p) for p in self.matrices]
        biases = [p for p in parameters if p.ndim == 1]
        self.adamw = torch.optim.AdamW(biases, lr=lr, weight_decay=0.0) if biases else None

    def zero_grad(self):
        if self.adamw:
            self.adamw.zero_grad()
        for p in self.matrices:
            p.grad = None

    def step(self):
        if self.adamw:
            self.adamw.step()
        for p, buf in zip(self.matrices, self.buffers):
            g = p.grad
            buf.mul_(self.momentum).add_(g)
            g = g.add(buf, alpha=self.momentum) if self.nesterov else buf
            p.data.mul_(len(p.data) ** 0.5 / p.data.norm())
            p.data.add_(zeropower_via_newtonschulz5(g.reshape(len(g), -1), self.steps).view(g.shape), alpha=-self.lr)


def zeropower_via_newtonschulz5(G, steps, eps=1e-7):
    a, b, c = 3.4445, -4.7750, 2.0315
    X = G / (G.norm() + eps)
    if G.size(0) > G.size(1):
        X = X.T
    for _ in range(steps):
        A = X @ X.T
        X = a * X + (b * A + c * A @ A) @ X
    return X.T if G.size(0) > G.size(1) else X


def main():
    config = tomllib.loads((HERE / "cases" / "optimizers.toml").read_text())
    Xtr, _, ytr, _ = curves.synthetic(config["data"], config["seed"])
    X, y = torch.tensor(Xtr), torch.tensor(ytr)
    runs = []
    for settings, make in OPTIMIZERS.items():
        sizes = [Xtr.shape[1], *config["model"]["hidden"], config["data"]["n_classes"]]
        layers = curves.initial_layers(sizes, config["model"]["init"], config["seed"])
        parameters = [torch.tensor(array, requires_grad=True) for layer in layers for array in layer]
        optimizer, losses = make(parameters), []
        for _ in range(STEPS):
            signal = X
            for i in range(0, len(parameters), 2):
                signal = signal @ parameters[i].T + parameters[i + 1]
                signal = torch.tanh(signal) if i + 2 < len(parameters) else signal
            loss = torch.nn.functional.cross_entropy(signal, y)
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        runs.append({"optimizer": settings, "losses": losses,
                     "weights": [p.detach().flatten().tolist() for p in parameters]})
    (HERE / "torch_optimizers.json").write_text(json.dumps({"torch": torch.__version__, "runs": runs}) + "\n")


if __name__ == "__main__":
    main()
