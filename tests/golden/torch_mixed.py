#!/usr/bin/env python3
"""Linear layers and convolutions in mixed precision by PyTorch's autocast to bfloat16 on the CPU: output and gradients.

Only the product is inside of autocast; the bias is added to its result in f32. Rows are samples; images are flattened channel
by channel.
"""
import json
import pathlib

import torch
from torch.nn import functional

IMAGE = (2, 4, 6)


def record(layer, product, x, weight, bias, settings=None):
    for tensor in (x, weight, bias):
        tensor.requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y = product(x, weight)
    assert y.dtype == torch.bfloat16
    y = (y.float() + bias.reshape(-1, *[1] * (y.dim() - 2))).flatten(1)
    grad = torch.randn_like(y)
    y.backward(grad)
    tensors = {"input": x, "weight": weight, "bias": bias, "output": y, "grad_output": grad, "grad_input": x.grad,
               "grad_weight": weight.grad, "grad_bias": bias.grad}
    return {"layer": layer, "settings": settings or {},
            "tensors": {key: {"shape": list(t.shape), "values": t.detach().flatten().tolist()} for key, t in tensors.items()}}


def main():
    torch.manual_seed(9)
    n, (channels, height, width) = 6, IMAGE
    records = [record("linear", functional.linear, torch.randn(n, 48), torch.randn(8, 48), torch.randn(8))]
    for size in (3, 7):
        def product(x, weight, size=size):
            return functional.conv2d(x.reshape(n, *IMAGE), weight, padding=size // 2)

        x, weight = torch.randn(n, channels * height * width), torch.randn(3, channels, size, size)
        records.append(record("convolution", product, x, weight, torch.randn(3), {"kernel_size": size}))
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps({"torch": torch.__version__, "records": records}) + "\n")


if __name__ == "__main__":
    main()
