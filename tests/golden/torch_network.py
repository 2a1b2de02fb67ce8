"""The network of a configuration of `kind = "layers"` as a module of PyTorch, with PyTorch's initial weights: keys that only
say how weights are drawn are passed over.

    model = torch_network.read("networks/residual.toml")["model"]
    module = torch_network.network(model["layers"], (3, 8, 8), n_classes=3)
"""
import pathlib
import tomllib

import torch
from torch import nn
from torch.nn import functional

ACTIVATIONS = {"relu": nn.ReLU, "leaky-relu": nn.LeakyReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "gelu": nn.GELU}


class Scale(nn.Module):
    """A product with a number."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return x * self.factor


class Residual(nn.Module):
    """The sum of what layers make of the input, and of a shortcut; an empty shortcut is the identity."""

    def __init__(self, layers, shortcut):
        super().__init__()
        self.layers, self.shortcut = nn.Sequential(*layers), nn.Sequential(*shortcut)

    def forward(self, x):
        return self.layers(x) + self.shortcut(x)


class PaddedConv2d(nn.Conv2d):
    """A convolution after zeros around the image, of which there is one more below and to the right."""

    def forward(self, x):
        before = (self.kernel_size[0] - 1) // 2
        after = self.kernel_size[0] - 1 - before
        return super().forward(functional.pad(x, (before, after, before, after)))


def read(path):
    """The tables of a configuration."""
    return tomllib.loads(pathlib.Path(path).read_text())


def network(definitions, shape, n_classes):
    """The `nn.Sequential` of the tables `[[model.layers]]` for samples of a shape, `(c, h, w)` or `(n,)`."""
    return nn.Sequential(*sequence(definitions, shape, n_classes)[0])


def sequence(definitions, shape, n_classes):
    """The modules of some layers, and the shape of a sample after them."""
    modules = []
    for layer in definitions:
        for _ in range(layer.get("repeat", 1)):
            if layer["kind"] == "linear" and len(shape) == 3:
                modules.append(nn.Flatten())
                shape = output(modules[-1], shape)
            modules.append(module(layer, shape, n_classes))
            shape = output(modules[-1], shape)
    return modules, shape


@torch.no_grad()
def output(module, shape):
    """The shape of a sample after a module."""
    shape = tuple(module.eval()(torch.zeros(1, *shape)).shape[1:])
    module.train()
    return shape


def module(layer, shape, n_classes):
    match layer["kind"]:
        case "linear":
            return nn.Linear(shape[0], layer.get("outputs", n_classes), layer.get("bias", True))
        case "convolution":
            return convolution(layer, shape)
        case "batch-norm":
            return batch_norm(layer, shape)
        case "activation":
            return ACTIVATIONS[layer["activation"]]()
        case "dropout":
            return nn.Dropout(layer["probability"])
        case "max-pool":
            return nn.MaxPool2d(*pool(layer))
        case "average-pool":
            return nn.AvgPool2d(*pool(layer))
        case "global-average-pool":
            return nn.AdaptiveAvgPool2d(1)
        case "flatten":
            return nn.Flatten()
        case "scale":
            return Scale(layer["factor"])
        case "residual":
            return residual(layer, shape, n_classes)
        case kind:
            raise ValueError(kind)


def convolution(layer, shape):
    size, stride, padding = layer.get("kernel_size", 3), layer.get("stride", 1), layer.get("padding", "same")
    sizes = {"in_channels": shape[0], "out_channels": layer["filters"], "kernel_size": size, "stride": stride}
    sizes["bias"] = layer.get("bias", True)
    if padding != "same":
        return nn.Conv2d(**sizes, padding=padding)
    if stride == 1:
        return nn.Conv2d(**sizes, padding="same")
    # PyTorch has `same` for a stride of 1 only.
    return nn.Conv2d(**sizes, padding=(size - 1) // 2) if size % 2 else PaddedConv2d(**sizes)


def batch_norm(layer, shape):
    """PyTorch's layer has scale and shift or none: one that is left out alone is a constant."""
    kind = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
    scale, shift = layer.get("scale", True), layer.get("shift", True)
    norm = kind(shape[0], layer.get("epsilon", 1e-5), layer.get("momentum", 0.1), affine=scale or shift)
    if scale or shift:
        norm.weight.requires_grad_(scale)
        norm.bias.requires_grad_(shift)
    return norm


def pool(layer):
    size = layer.get("size", 2)
    return size, layer.get("stride", size)


def residual(layer, shape, n_classes):
    layers, after = sequence(layer["layers"], shape, n_classes)
    if layer.get("shortcut", "identity") == "identity":
        return Residual(layers, [])
    projection = nn.Conv2d(shape[0], after[0], 1, stride(layer["layers"]), bias=False)
    return Residual(layers, [projection, nn.BatchNorm2d(after[0])])


def stride(definitions):
    """Pixels of the input of some layers from one pixel of their output to the next."""
    product = 1
    for layer in definitions:
        match layer["kind"]:
            case "convolution":
                of_layer = layer.get("stride", 1)
            case "max-pool" | "average-pool":
                of_layer = pool(layer)[1]
            case "residual":
                of_layer = stride(layer["layers"])
            case _:
                of_layer = 1
        product *= of_layer ** layer.get("repeat", 1)
    return product
