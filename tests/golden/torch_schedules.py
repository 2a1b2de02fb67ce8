#!/usr/bin/env python3
"""The learning rates of PyTorch's schedulers over 100 updates, each stepped after an update."""
import json
import pathlib

import torch
from torch.optim import lr_scheduler

HERE = pathlib.Path(__file__).resolve().parent
RATE, UPDATES = 0.3, 100
SCHEDULES = {  # the lines of [training.schedule]: the same in PyTorch
    "": [],
    "warmup = { updates = 10, start = 0.2 }": [lambda o: lr_scheduler.LinearLR(o, 0.2, 1.0, 10)],
    "warmup = {}": [lambda o: lr_scheduler.LinearLR(o, 0.01, 1.0, UPDATES)],
    "linear = { updates = 40, end = 0.05 }": [lambda o: lr_scheduler.LinearLR(o, 1.0, 0.05, 40)],
    "linear = { end = 0.0 }": [lambda o: lr_scheduler.LinearLR(o, 1.0, 0.0, UPDATES)],
    "cosine = { updates = 10 }": [lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 10)],
    "cosine = { updates = 7, end = 0.1 }": [lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 7, eta_min=0.1 * RATE)],
    "cosine = { updates = 1 }": [lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 1)],
    "cosine = {}": [lambda o: lr_scheduler.CosineAnnealingLR(o, UPDATES)],
    "one_cycle = {}": [lambda o: lr_scheduler.OneCycleLR(o, RATE, UPDATES, cycle_momentum=False)],
    'one_cycle = { warmup = 0.235, start_factor = 0.2, end_factor = 0.07, shape = "linear" }': [
        lambda o: lr_scheduler.OneCycleLR(o, RATE, UPDATES, pct_start=0.235, div_factor=5, final_div_factor=1 / 0.35,
                                          anneal_strategy="linear", cycle_momentum=False)],
    "one_cycle = { warmup = 0.0 }": [
        lambda o: lr_scheduler.OneCycleLR(o, RATE, UPDATES, pct_start=0.0, cycle_momentum=False)],
    "one_cycle = { warmup = 1.0 }": [
        lambda o: lr_scheduler.OneCycleLR(o, RATE, UPDATES, pct_start=1.0, cycle_momentum=False)],
    "one_cycle = { warmup = 0.005 }": [
        lambda o: lr_scheduler.OneCycleLR(o, RATE, UPDATES, pct_start=0.005, cycle_momentum=False)],
    "step = { every = 30 }": [lambda o: lr_scheduler.StepLR(o, 30, 0.1)],
    "step = { every = 1, factor = 0.97 }": [lambda o: lr_scheduler.StepLR(o, 1, 0.97)],
    "exponential = { factor = 0.95 }": [lambda o: lr_scheduler.ExponentialLR(o, 0.95)],
    "warmup = { updates = 12 }\ncosine = {}\nstep = { every = 25, factor = 0.5 }\nexponential = { factor = 0.99 }": [
        lambda o: lr_scheduler.LinearLR(o, 0.01, 1.0, 12),
        lambda o: lr_scheduler.LambdaLR(o, lambda t: (1 + torch.cos(torch.tensor(torch.pi * t / UPDATES,
                                                                                 dtype=torch.float64)).item()) / 2),
        lambda o: lr_scheduler.StepLR(o, 25, 0.5),
        lambda o: lr_scheduler.ExponentialLR(o, 0.99)],
}


def rates(makers):
    """The rates of one scheduler, or the product of the factors of several, each taken alone."""
    product = [1.0] * UPDATES
    for make in makers:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
        scheduler = make(optimizer)
        for update in range(UPDATES):
            product[update] *= optimizer.param_groups[0]["lr"] / RATE
            optimizer.step()
            if update + 1 < UPDATES:
                scheduler.step()
    return [RATE * factor for factor in product]


def main():
    schedules = [{"schedule": lines, "rates": rates(makers)} for lines, makers in SCHEDULES.items()]
    (HERE / "torch_schedules.json").write_text(
        json.dumps({"torch": torch.__version__, "learning_rate": RATE, "schedules": schedules}) + "\n")


if __name__ == "__main__":
    main()
