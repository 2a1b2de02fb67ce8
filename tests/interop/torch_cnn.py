#!/usr/bin/env python3
"""The time of one update of configs/full/full-cnn.toml, beside the same network in PyTorch on the same machine.

    python3 -m venv .venv && .venv/bin/pip install -r tests/interop/requirements.txt
    cargo build --release
    .venv/bin/python tests/interop/torch_cnn.py target/release/emberlab DATA_DIRECTORY

Both train 40 updates of 128 images with AdamW, mirrored and cropped images, loss and accuracy of every update, with
as many threads as there are cores; five times each, in turn. PyTorch has the images in one tensor, ready.
"""
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import torch
from torch import nn

UPDATES, BATCH, ROUNDS = 40, 128, 5
CHANNELS = [32, 64, 128, 256]
CONFIG = pathlib.Path(__file__).resolve().parent.parent.parent / "configs" / "full" / "full-cnn.toml"


def network():
    layers, channels, side = [], 3, 32
    for filters in CHANNELS:
        layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.BatchNorm2d(filters), nn.ReLU(), nn.MaxPool2d(2)]
        channels, side = filters, side // 2
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * side * side, 10))


def augmented(images):
    """Mirrored or not, and cut from a border of two zeros, by one gather over the batch."""
    n = len(images)
    padded = nn.functional.pad(images, (2, 2, 2, 2))
    rows = torch.randint(0, 5, (n, 1)) + torch.arange(32)
    columns = torch.randint(0, 5, (n, 1)) + torch.arange(32)
    flipped = torch.rand(n, 1) < 0.5
    columns = torch.where(flipped, columns.flip(1), columns)
    return padded[torch.arange(n)[:, None, None, None], torch.arange(3)[None, :, None, None],
                  rows[:, None, :, None], columns[:, None, None, :]]


def pytorch():
    torch.manual_seed(0)
    images, labels = torch.randn(UPDATES * BATCH, 3, 32, 32), torch.randint(0, 10, (UPDATES * BATCH,))
    model = network().train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.003, weight_decay=0.05)
    start = time.perf_counter()
    for rows in torch.randperm(len(images)).split(BATCH):
        logits = model(augmented(images[rows]))
        loss = nn.functional.cross_entropy(logits, labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item(), (logits.argmax(1) == labels[rows]).float().mean().item()
    return 1000 * (time.perf_counter() - start) / UPDATES


def emberlab(program, data):
    with tempfile.TemporaryDirectory() as folder:
        settings = [f'data.directory="{data}"', f"data.train_samples={UPDATES * BATCH}", "data.test_samples=10",
                    "training.epochs=1", "training.schedule.warmup.updates=10"]
        arguments = [item for setting in settings for item in ("--set", setting)]
        subprocess.run([program, "train", CONFIG, "--dashboard", "none", "--artifacts", folder, *arguments],
                       check=True, stdout=subprocess.DEVNULL)
        record = json.loads((pathlib.Path(folder) / "full-cnn" / "run.json").read_text())
        return 1000 * record["seconds"]["train"] / record["updates"]


def main():
    program, data = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    pytorch()
    times = [(emberlab(program, data), pytorch()) for _ in range(ROUNDS)]
    for name, values in zip(("emberlab", f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads"), zip(*times)):
        print(f"{name}: {statistics.median(values):.0f} ms an update, {min(values):.0f} to {max(values):.0f}")


if __name__ == "__main__":
    main()
