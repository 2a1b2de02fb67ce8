#!/usr/bin/env python3
"""The layers of a ResNet-20 (K. He et al., "Deep Residual Learning for Image Recognition", 2016) in PyTorch: parameters, products
of a convolution or a linear layer and shape of the output, for one image of CIFAR-10.

The modules have the names that emberlab gives the layers of configs/full/full-resnet20.toml.
"""
import json
import pathlib

import torch
from torch import nn


class Residual(nn.Module):
    def __init__(self, layers, shortcut):
        super().__init__()
        self.layers, self.shortcut = nn.Sequential(*layers), nn.Sequential(*shortcut)

    def forward(self, x):
        return self.layers(x) + self.shortcut(x)


def convolution(channels, filters, size, stride):
    return nn.Conv2d(channels, filters, size, stride, padding=size // 2, bias=False)


def block(channels, filters, stride):
    layers = [convolution(channels, filters, 3, stride), nn.BatchNorm2d(filters), nn.ReLU(),
              convolution(filters, filters, 3, 1), nn.BatchNorm2d(filters)]
    shortcut = [] if stride == 1 else [convolution(channels, filters, 1, stride), nn.BatchNorm2d(filters)]
    return [Residual(layers, shortcut), nn.ReLU()]


def resnet20():
    modules, channels = [convolution(3, 16, 3, 1), nn.BatchNorm2d(16), nn.ReLU()], 16
    for filters in [16, 32, 64]:
        for number in range(3):
            modules += block(channels, filters, 2 if filters > channels and number == 0 else 1)
            channels = filters
    return nn.Sequential(*modules, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def main():
    network, records = resnet20(), {}
    for name, module in network.named_modules():
        if name and not name.endswith(("layers", "shortcut")):
            records[name] = {"parameters": sum(p.numel() for p in module.parameters()), "multiply_adds": 0}

    def record(name):
        def hook(module, inputs, output):
            records[name]["output"] = list(output.shape[1:])
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                # Each value of the output is a sum of as many products as a filter or a row has weights.
                products = output.numel() * module.weight[0].numel()
                for place in records:
                    if name == place or name.startswith(place + "."):
                        records[place]["multiply_adds"] += products
        return hook

    for name, module in network.named_modules():
        if name in records:
            module.register_forward_hook(record(name))
    network.eval()(torch.zeros(1, 3, 32, 32))
    total = {"parameters": sum(p.numel() for p in network.parameters()),
             "multiply_adds": sum(r["multiply_adds"] for n, r in records.items() if "." not in n)}
    file = pathlib.Path(__file__).with_suffix(".json")
    file.write_text(json.dumps({"torch": torch.__version__.split("+")[0], "layers": records, "total": total}) + "\n")


if __name__ == "__main__":
    main()
