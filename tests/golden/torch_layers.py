#!/usr/bin/env python3
"""Each layer of emberlab in PyTorch, in f64: output and gradients at one batch with a given gradient of the output.

Rows are samples; images are flattened channel by channel.
"""
import json
import pathlib

import torch
from torch import nn

IMAGE = (2, 4, 6)


def record(name, layer, x, settings=None):
    x = x.clone().requires_grad_()
    y = layer(x)
    grad = torch.randn_like(y)
    y.backward(grad)
    tensors = {"input": x, "output": y, "grad_output": grad, "grad_input": x.grad}
    for parameter_name, parameter in layer.named_parameters():
        tensors[parameter_name.split(".")[-1]] = parameter
        tensors["grad_" + parameter_name.split(".")[-1]] = parameter.grad
    for buffer_name, buffer in layer.named_buffers():
        if "running" in buffer_name:
            tensors[buffer_name.split(".")[-1]] = buffer
    return {"layer": name, "settings": settings or {},
            "tensors": {key: {"shape": list(t.shape), "values": t.detach().flatten().tolist()} for key, t in tensors.items()}}


def images(*layers):
    return nn.Sequential(nn.Unflatten(1, IMAGE), *layers, nn.Flatten())


def main():
    torch.manual_seed(5)
    torch.set_default_dtype(torch.float64)
    n = 5
    table, flat = torch.randn(n, 7), torch.randn(n, IMAGE[0] * IMAGE[1] * IMAGE[2])
    norm = nn.BatchNorm1d(7)
    nn.init.normal_(norm.weight), nn.init.normal_(norm.bias)
    norm2d = nn.BatchNorm2d(IMAGE[0])
    nn.init.normal_(norm2d.weight), nn.init.normal_(norm2d.bias)
    records = [
        record("linear", nn.Linear(7, 4), table),
        record("relu", nn.ReLU(), table),
        record("leaky-relu", nn.LeakyReLU(), table),
        record("tanh", nn.Tanh(), table),
        record("sigmoid", nn.Sigmoid(), table),
        record("gelu", nn.GELU(), table),
        record("batch-norm", norm, table),
        record("batch-norm", images(norm2d), flat),
        record("convolution", images(nn.Conv2d(IMAGE[0], 3, 3, padding=1)), flat, {"kernel_size": 3}),
        record("convolution", images(nn.Conv2d(IMAGE[0], 2, 5, padding=2)), flat, {"kernel_size": 5}),
        record("max-pool", images(nn.MaxPool2d(2)), flat),
    ]
    for smoothing, weighted in [(0.0, False), (0.1, False), (0.0, True), (0.2, True)]:
        logits = (torch.randn(n, 4) * 3).requires_grad_()
        labels, weights = torch.randint(0, 4, (n,)), torch.rand(4) + 0.5 if weighted else None
        loss = nn.functional.cross_entropy(logits, labels, weight=weights, label_smoothing=smoothing)
        loss.backward()
        tensors = {"input": logits, "output": loss.reshape(1), "grad_input": logits.grad}
        if weighted:
            tensors["class_weights"] = weights
        records.append({"layer": "cross-entropy", "settings": {"label_smoothing": smoothing, "labels": labels.tolist()},
                        "tensors": {key: {"shape": list(t.shape), "values": t.detach().flatten().tolist()} for key, t in tensors.items()}})
    records.append(record("average-pool", images(nn.AvgPool2d(2)), flat))
    records.append(record("global-average-pool", images(nn.AdaptiveAvgPool2d(1)), flat))
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps({"torch": torch.__version__, "records": records}) + "\n")


if __name__ == "__main__":
    main()
