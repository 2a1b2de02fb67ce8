#!/usr/bin/env python3
"""PyTorch's updates per second on an NVIDIA GPU for the networks of `check.py`, in f32 and bf16, without CUDA graphs; as JSON.

Images are random bytes, for their content does not change the time. Each network is timed in both memory formats; the quicker counts.
"""
import json
import pathlib
import sys
import time

import torch
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "benchmarks"))
from peers import airbench_layers, cnn_layers  # noqa: E402

WARM_UP, UPDATES = 10, 60


NETWORKS = {
    "linear": (128, lambda nn: [nn.Flatten(), nn.Linear(3072, 10)]),
    "mlp": (128, lambda nn: [nn.Flatten(), nn.Linear(3072, 512), nn.ReLU(), nn.Linear(512, 10)]),
    "cnn": (128, cnn_layers),
    "airbench": (2000, airbench_layers),
}


def rate(make, batch, precision, memory_format):
    torch.manual_seed(1)
    model = nn.Sequential(*make(nn)).cuda().to(memory_format=memory_format)
    optimizer = torch.optim.SGD((one for one in model.parameters() if one.requires_grad), lr=0.01)
    images = torch.randint(0, 256, (batch, 3, 32, 32), dtype=torch.uint8, device="cuda")
    labels = torch.randint(0, 10, (batch,), device="cuda")
    for update in range(WARM_UP + UPDATES):
        if update == WARM_UP:
            torch.cuda.synchronize()
            start = time.perf_counter()
        with torch.autocast("cuda", torch.bfloat16, enabled=precision == "bf16"):
            inputs = (images.float() / 255).to(memory_format=memory_format)
            loss = nn.functional.cross_entropy(model(inputs), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    torch.cuda.synchronize()
    return UPDATES / (time.perf_counter() - start)


def main():
    if not torch.cuda.is_available():
        sys.exit("it sees no GPU")
    formats = [torch.contiguous_format, torch.channels_last]
    print(json.dumps({name: {precision: max(rate(make, batch, precision, one) for one in formats) for precision in ["f32", "bf16"]}
                      for name, (batch, make) in NETWORKS.items()}))


if __name__ == "__main__":
    main()
