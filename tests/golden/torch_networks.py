#!/usr/bin/env python3
"""The networks of `networks/` in PyTorch, in f64: logits, loss and gradients of a training batch, the running means after it,
and the logits when predicting with them. Weights and running means have few bits, so that f32 holds them exactly."""
import json
import pathlib

import torch
from torch.nn.functional import cross_entropy

import torch_network

HERE = pathlib.Path(__file__).resolve().parent
N_CLASSES, N_SAMPLES = 3, 6


def few_bits(tensor):
    return torch.round(tensor * 1024) / 1024


@torch.no_grad()
def draw(module):
    """Draws what training changes: weights, biases, scales and shifts, and the running means."""
    for name, parameter in module.named_parameters():
        if not parameter.requires_grad:
            continue
        noise = torch.randn_like(parameter)
        if parameter.dim() > 1:
            parameter.copy_(few_bits(noise * (2 / parameter[0].numel()) ** 0.5))
        else:
            parameter.copy_(few_bits((name.endswith("weight")) + 0.3 * noise))
    for name, buffer in module.named_buffers():
        if name.endswith("running_mean"):
            buffer.copy_(few_bits(0.3 * torch.randn_like(buffer)))
        elif name.endswith("running_var"):
            buffer.copy_(few_bits(0.5 + torch.rand_like(buffer)))


def numbers(tensor):
    return {"shape": list(tensor.shape), "values": tensor.detach().flatten().tolist()}


def state(module):
    tensors = module.state_dict().items()
    return {name: numbers(tensor.clone()) for name, tensor in tensors if not name.endswith("num_batches_tracked")}


def run(path):
    config = torch_network.read(path)
    shape = (3, *config["data"]["image_size"])
    module = torch_network.network(config["model"]["layers"], shape, N_CLASSES)
    draw(module)
    images = few_bits(torch.randn(N_SAMPLES, *shape))
    labels = torch.randint(0, N_CLASSES, (N_SAMPLES,))
    record = {"name": path.stem, "inputs": numbers(images.flatten(1)), "labels": labels.tolist(), "before": state(module)}
    logits = module(images)
    loss = cross_entropy(logits, labels)
    loss.backward()
    gradients = {name: numbers(parameter.grad) for name, parameter in module.named_parameters() if parameter.requires_grad}
    record |= {"logits": numbers(logits), "loss": loss.item(), "gradients": gradients}
    after = {name: values for name, values in state(module).items() if "running" in name}
    return record | {"running": after, "predicted": numbers(module.eval()(images))}


def main():
    torch.manual_seed(9)
    torch.set_default_dtype(torch.float64)
    records = [run(path) for path in sorted((HERE / "networks").glob("*.toml"))]
    path = HERE / "torch_networks.json"
    path.write_text(json.dumps({"torch": torch.__version__, "networks": records}) + "\n")


if __name__ == "__main__":
    main()
